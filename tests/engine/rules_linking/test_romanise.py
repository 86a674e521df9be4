"""Spellings of one name sound alike in both scripts, and names of two people do not."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.rules.linking.romanise import romanise, skeleton, sound

# One name a row, in spellings met in Kerala; every row must be one sound.
ALIKE = """
Anitha Anita അനിത
Anil ANIL അനിൽ അനില്‍
Dinesh Dineesh ദിനേശ്
Satheesh Sateesh Satish Sathish സതീഷ്
Suresh Sureesh സുരേഷ്
Rajesh Raajesh രാജേഷ്
Santhosh Santosh സന്തോഷ്
Pradeep Pradip പ്രദീപ്
Dileep Dilip ദിലീപ്
Sandeep Sandip സന്ദീപ്
Sudheer Sudhir സുധീർ
Salim Saleem സലിം
Basheer Bashir ബഷീർ
Rasheed Rashid റഷീദ്
Hameed Hamid ഹമീദ്
Kareem Karim കരീം
Majeed Majid മജീദ്
Jaleel Jalil ജലീൽ
Latheef Latif ലത്തീഫ്
Nazeer Nasir Naseer നസീർ
Nisar Nizar Nissar നിസാർ
Noushad Naushad Nowshad നൗഷാദ്
Riyas Riaz Riyaz റിയാസ്
Firoz Feroz Phiroz ഫിറോസ്
Faisal Faizal Faysal ഫൈസൽ
Ismail Ismayil ഇസ്മായിൽ
Ibrahim Ebrahim Ibraheem ഇബ്രാഹിം
Yusuf Yousuf Yoosuf യൂസുഫ്
Hussain Husain Hussein ഹുസൈൻ
Moideen Moidin Moyideen മൊയ്തീൻ
Sidhiq Siddique Sidheek സിദ്ദീഖ്
Shukkoor Shukur ഷുക്കൂർ
Usman Osman ഉസ്മാൻ
Umar Omar Ummer ഉമർ
Muhammed Mohammed Mohamed Muhammad Mohd മുഹമ്മദ്
Ahmed Ahammed Ahmad Ahamed അഹമ്മദ്
Abdurahman Abdurahiman
Rahman Rehman Rahiman റഹ്മാൻ
Abdulla Abdullah അബ്ദുള്ള
Ashraf Asharaf അഷ്റഫ്
Shameer Shamir ഷമീർ
Zakkir Zakir Sakir സക്കീർ
Musthafa Mustafa Musthapha മുസ്തഫ
Nawas Navas Navaz നവാസ്
Shihab Shihaab ഷിഹാബ്
Fathima Fatima Fathimah Faathima ഫാത്തിമ
Khadeeja Khadija Kadeeja ഖദീജ
Ayisha Aisha Ayesha Aysha ആയിഷ
Nabeesa Nabisa നബീസ
Jameela Jamila ജമീല
Subaida Zubaida സുബൈദ
Haseena Hasina ഹസീന
Shahina Shaheena ഷാഹിന
Rasiya Raziya Rasia റസിയ
Nusrath Nusrat നുസ്രത്ത്
Sajitha Sajita സജിത
Geetha Gita Geeta ഗീത
Latha Lata ലത
Deepa Dipa ദീപ
Radha Raadha രാധ
Sandhya Sandya Sandhia സന്ധ്യ
Sindhu Sindu സിന്ധു
Bindu Bindhu ബിന്ദു
Vidya Vidhya Vidia വിദ്യ
Priya Preeya Pria പ്രിയ
Beena Bina Beana ബീന
Reena Rina റീന
Leela Lila ലീല
Sheeba Shiba ഷീബ
Sheela Sheila ഷീല
Susheela Suseela സുശീല
Shobha Sobha ശോഭ
Saraswathi Saraswati സരസ്വതി
Parvathi Parvathy Parvati പാർവതി
Gayathri Gayatri Gaayathri ഗായത്രി
Savithri Savitri സാവിത്രി
Lakshmi Lekshmi Laxmi ലക്ഷ്മി
Rajani Rejani രജനി
Remya Ramya രമ്യ
Soumya Saumya Sowmya സൗമ്യ
Gowri Gouri Gauri ഗൗരി
Divya Dhivya ദിവ്യ
Athira Aathira ആതിര
Aswathi Aswathy അശ്വതി
Karthika Kartika കാർത്തിക
Anjali Anjaly അഞ്ജലി
Neethu Neetu നീതു
Preetha Prita പ്രീത
Sunitha Sunita സുനിത
Smitha Smita സ്മിത
Kavitha Kavita കവിത
Chithra Chitra ചിത്ര
Shyla Shaila ഷൈല
Shyamala Syamala ശ്യാമള
Amrutha Amritha അമൃത
Valsala Vatsala വത്സല
Aleyamma Eliyamma ഏലിയാമ്മ
Annamma Anamma അന്നമ്മ
Thankamma Tankamma തങ്കമ്മ
Mary Mery മേരി
Elizabeth Elisabeth
Lissy Lizy Lissi ലിസി
Tessy Tessi ടെസ്സി
Thomas Tomas തോമസ്
Mathew Mathews Matthew മാത്യു
Joseph Josef ജോസഫ്
George Jorge ജോർജ്
Jose ജോസ്
Varghese Varughese Varghees വർഗീസ്
Abraham എബ്രഹാം
Kurian Kuriyan Kurien കുര്യൻ
Cherian Cheriyan Cherien ചെറിയാൻ
Chacko Chako ചാക്കോ
Ouseph Ousep ഔസേപ്പ്
Sebastian സെബാസ്റ്റ്യൻ
Antony Anthony ആന്റണി
Philip Filip ഫിലിപ്പ്
Stephen Steephen സ്റ്റീഫൻ
John Jon ജോൺ
Johnson Jonson ജോൺസൺ
Tomy Tommy ടോമി
Benny Beny ബെന്നി
Francis Fransis ഫ്രാൻസിസ്
Xavier Savier സേവ്യർ
Jacob ജേക്കബ്
Oommen Ummen ഉമ്മൻ
Krishnan Krisnan കൃഷ്ണൻ
Sreedharan Sridharan ശ്രീധരൻ
Sreekumar Srikumar Shreekumar ശ്രീകുമാർ
Raghavan Raaghavan രാഘവൻ
Bhaskaran Baskaran ഭാസ്കരൻ
Achuthan Achutan അച്യുതൻ
Sasi Shasi ശശി
Sankaran Shankaran ശങ്കരൻ
Viswan Vishwan വിശ്വൻ
Chandran Chanthran ചന്ദ്രൻ
Ajith Ajit അജിത്
Sarath Sharath ശരത്
Vishnu Visnu വിഷ്ണു
Akhil Akil അഖിൽ
Ranjith Renjith Ranjit രഞ്ജിത്ത്
Sreejith Srijith ശ്രീജിത്ത്
Vineeth Vinith വിനീത്
Rathish Ratheesh രതീഷ്
Girish Gireesh ഗിരീഷ്
Vijay Vijai വിജയ്
Vysakh Vaisakh വൈശാഖ്
Vyshnav Vaishnav വൈഷ്ണവ്
Murukan Murugan മുരുകൻ
Manoj Manoje മനോജ്
Biju Bijoo ബിജു
Kunjumon Kunhumon കുഞ്ഞുമോൻ
Nair Nayar നായർ
Pillai Pilla Pillay പിള്ള
Menon മേനോൻ
Kutty Kutti കുട്ടി
Panicker Panikkar പണിക്കർ
Nambiar Nambiyar നമ്പ്യാർ
Namboodiri Namboothiri നമ്പൂതിരി
Puthenveedu Puthanveedu Puthenveettil Puttenveed പുത്തൻവീട്
Kizhakkeparambu Kizhakeparamb Kizhakkeparambil കിഴക്കെപറമ്പ്
Thazhethodu Tazhethod താഴെതോട്
Vadakkekunnu Vadakekunn വടക്കെകുന്ന്
Chakkalamukku Chakalamuku ചക്കാലമുക്ക്
Kaitharabhavan Kaitarabhavanam കൈതാരഭവൻ
Mavilamadom Maavilamadam മാവിലമഠം
Thulasinilayam Tulasinilayam തുളസിനിലയം
Chempakapurackal Champakapurakkal ചെമ്പകപുരയ്ക്കൽ
Ashokakudi Asokakudy അശോകകുടി
Karukapadickal Karukapadikkal കറുകപടിക്കൽ
Manjamanzil Manjamansil മഞ്ഞമൻസിൽ
Vellavilla Wellavila വെള്ളവില്ല
Panayilkattil Panayilkaattil പനയിൽകാട്ടിൽ
Mullachirayil മുല്ലചിറയിൽ
Changanassery Changanasseri
Kollam Kollom കൊല്ലം
Sangeetha Sangita സംഗീത
Ambika Ampika അംബിക
Samson Samsan സാംസൺ
"""

# Two names a row: two people's, alike to the eye or ear.
UNLIKE = """
Anil Anila|Anil Sunil|Anil Anoop|Anu Anoop|Anu Manu|Anitha Sunitha|Anitha Ajitha|Anitha Anila|Ajith Sajith
Sajith Sujith|Sajith Ranjith|Sujith Sudheer|Rajesh Ramesh|Rajesh Rakesh|Rakesh Ragesh|Ramesh Suresh
Suresh Sumesh|Suresh Sudheesh|Dinesh Danish|Manoj Vinod|Vinod Vinoy|Binu Vinu|Binu Bindu|Biju Binu|Biju Siju
Biju Shiju|Siju Shiju|Saji Shaji|Saju Shaju|Sajan Shajan|Sini Shini|Sheena Seena|Sheeja Sreeja|Shibu Siby
Shameer Sameer|Shameena Sameena|Shan San|Raju Raj|Raju Rajan|Rajan Rajeev|Rajeev Sajeev|Sajeev Sanjeev
Sanjay Sanju|Manju Manoj|Manju Anju|Anju Anjali|Raman Rahman|Ravi Rafi|Raghavan Rahul|Rahul Rahim|Rahim Rahman
Karim Kareena|Salim Salman|Salim Shameem|Nasar Nazeer|Naseer Nisar|Nishad Noushad|Noushad Naufal|Faisal Fasil
Firoz Faris|Haris Harish|Hari Haris|Harish Girish|Hameed Hamsa|Hamsa Hassan|Hussain Hassan|Ibrahim Ismail
Jaleel Jalal|Jaleel Khaleel|Majeed Rasheed|Rasheed Reshid|Ashraf Asif|Basheer Shabeer|Kabeer Basheer
Muneer Sameer|Moideen Mohan|Yusuf Yunus|Usman Umar|Abdulla Abdul|Aboobacker Abubackeria|Fathima Fasila
Khadeeja Khairunnisa|Amina Amrutha|Amina Ameena K|Ramla Raseena|Jameela Jaleela|Subaida Sulaikha|Geetha Seetha
Geetha Reetha|Latha Lathika|Latha Leela|Leela Leena|Leena Beena|Beena Reena|Beena Bina Das|Deepa Deepthi
Deepa Divya|Divya Vidya|Vidya Vinitha|Nisha Usha|Nisha Neethu|Usha Asha|Asha Aswathi|Sindhu Bindu
Sindhu Sandhya|Sudha Sujatha|Suja Sujatha|Suja Shija|Suma Sumathi|Suma Seema|Seema Soumya|Sobha Seba
Radha Rekha|Rekha Rema|Rema Remya|Rajani Ranjini|Priya Preethi|Preetha Preethi|Mini Mincy|Mini Minimol
Maya Meera|Mary Mariya|Mary Meera|Maria Marina|Lissy Lisa|Jessy Jincy|Jaya Jayan|Jayan Jayesh|Vijaya Vijay
Vijayan Vijay|Vijayan Vinayan|Krishna Krishnan|Krishnan Kesavan|Kumar Kumaran|Kumar Kumari|Gopan Gopi
Gopal Gopi|Mohan Mohanan|Mohan Madan|Madhu Manu|Madhavan Mahadevan|Narayanan Naveen|Sasi Sasidharan
Soman Suman|Sukumaran Sudhakaran|Sreedharan Sreekumar|Sreeja Sreelatha|Sreejith Sreekanth|Thomas Tomson
Thomas Titus|Mathew Mathai|Mathew Mathen|Joseph Jose|Jose Joy|Joy Jojo|Jomon Jibin|Jibin Jithin|Jithin Nithin
Nithin Nikhil|Akhil Nikhil|Akhil Amal|Amal Vimal|Vimal Vipin|Vipin Bipin|Libin Lijo|Lijo Lijin|George Gregory
Varghese Vargeena|Kurian Cherian|Chacko Chandy|Antony Anton|Paul Paulose|Peter Pathrose|Philip Philipose
Abraham Ibrahim|Jacob Jaison|Puthenveedu Puthenparambu|Puthenveedu Puthenpurackal|Mavilaveedu Plavilaveedu
Kizhakkeveedu Thekkeveedu|Thazheparambu Thekkeparambu|Neelimadom Neelithara|Kaitharavilla Karukavilla
Pularikudi Pulimukku|Mullakattil Mulakkal|Aalathara Aalamukku|Vakaparambu Vadakkeparambu
Chakkalabhavan Chandanabhavan|Kollam Kottayam|Anjali Anjana|Arun Arjun|Aravind Arvinda|Unni Anni|Kiran Karan
Kavitha Kavya|Lekha Rekha|Sarala Saritha|Smitha Sumitha|Haseena Raseena|Shahina Shamna
"""


def rows_alike() -> list[tuple[str, str]]:
    rows = (line.split() for line in ALIKE.strip().splitlines())
    return [pair for row in rows for pair in pairwise(row)]


def rows_unlike() -> list[tuple[str, str]]:
    entries = UNLIKE.strip().replace("\n", "|").split("|")
    return [(first, rest) for first, _, rest in (entry.partition(" ") for entry in entries)]


def test_the_tables_are_as_long_as_promised() -> None:
    assert len(rows_alike()) >= 240
    assert len(set(rows_unlike())) >= 160


@pytest.mark.parametrize("one, other", rows_alike())
def test_spellings_of_one_name_sound_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other) != ""
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize("one, other", rows_unlike())
def test_names_of_two_people_do_not(one: str, other: str) -> None:
    assert sound(one) != sound(other)


@pytest.mark.parametrize(
    "written, expected",
    [
        ("അനിൽ", "anil"),
        ("അനില്‍", "anil"),  # chillu as consonant + virama + ZWJ
        ("വീട്", "veed"),
        ("സംഗീത", "sangeetha"),
        ("അംബിക", "ambika"),
        ("ആന്റണി", "aantani"),
        ("പറമ്പ്", "paramb"),
        ("കൃഷ്ണൻ", "krishnan"),
        ("കുഞ്ഞ്", "kunj"),
        ("ലക്ഷ്മി", "lakshmi"),
        ("റ്റോമി", "ttomi"),
        ("വാർഡ് ൧൨", "vaard 12"),
        ("Anil ബാബു", "Anil baabu"),
        ("", ""),
    ],
)
def test_malayalam_is_written_in_the_letters_usual_in_kerala(written: str, expected: str) -> None:
    assert romanise(written) == expected


@given(text=st.text(max_size=300))
def test_any_text_has_a_sound_of_plain_letters(text: str) -> None:
    romanise(text)
    assert sound(text) == "" or sound(text).isalpha()
    assert sound(text).isascii()
    assert len(skeleton(text)) <= len(sound(text))


@given(
    text=st.text(
        alphabet=[chr(code) for code in range(0x0D00, 0x0D80)] + ["\u200c", "\u200d", " "], max_size=60
    )
)
def test_no_row_of_malayalam_letters_is_too_odd(text: str) -> None:
    romanise(text)
    assert sound(text).isascii()


@given(text=st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=30))
def test_capitals_and_space_around_change_nothing(text: str) -> None:
    assert sound(text) == sound(text.upper()) == sound(f"  {text} ")
