"""The canonical fields of each kind of record, what their values look like, and the names senders give them.

The first word is the field's own name; the names are compared without case, brackets and punctuation. They are the
common spellings of exports in English, of Indian providers (DoT letters) and of the national bureau's lists; a sender
who uses another is answered by a person, and the profile remembers it. Sources: formats.md 3.1, 3.4.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """A canonical field. `shape` as in `_look`, empty for any text; `need` is `column`, `fixed` (one value for the
    whole file will do) or empty."""

    name: str
    shape: str
    names: tuple[str, ...]
    need: str = ""


def _fields(text: str) -> tuple[Field, ...]:
    """Lines `name shape need: other name; other name`; `-` stands for nothing, an indented line goes on."""
    fields = []
    for line in text.strip().replace("\n    ", " ").splitlines():
        head, _, names = line.partition(":")
        name, shape, need = head.split()
        others = tuple(" ".join(part.split()) for part in names.split(";") if part.strip())
        own = name.replace("_", " ")
        fields.append(Field(name, shape.strip("-"), (own, *others), need.strip("-")))
    return tuple(fields)


KINDS: dict[str, tuple[Field, ...]] = {
    "p2p": _fields("""
source_system - fixed: system; source; tool; monitoring system; source tool
source_record_id - column: record id; id; lead id; observation id; reference; ref; ref no; sl no; serial no;
    case ref
network - -: p2p network; protocol network; network type; service
observed_first time -: first seen; first observed; first observation; start; start time; from; observed;
    observed at; date time; datetime; timestamp; date; time; seen at; capture time; event time
observed_last time -: last seen; last observed; last observation; end; end time; to; until
ip ip column: ip address; ipaddress; address; source ip; src ip; remote ip; peer ip; public ip; client ip;
    ip addr; host
port port -: source port; src port; remote port; peer port; client port; public port; port number; port no
transport - -: proto; transport protocol; protocol; l4 protocol
client_guid_or_user_hash guid -: guid; client guid; user hash; userhash; client id; servent id; installation
    id
peer_id - -: peerid; bt peer id
client_name - -: client; software; client software; application; user agent; client application
client_version - -: version; software version; client ver
country - -: country code; geo country
region - -: state; province; geo region; city
isp - -: provider; internet provider; service provider; organisation; as name; network operator
file_hash_type hash_kind -: hash type; hash algorithm; algorithm
file_hash hash -: hash; urn; hash value; file id
sha1 hash -: sha 1; sha1 hash; file sha1; sha1 base32
sha256 hash -: sha 256; sha256 hash; file sha256
md5 hash -: md5 hash; file md5
ed2k hash -: ed2k hash; emule hash; md4
aich hash -: aich hash; aich root
tth hash -: tiger tree hash; tth hash; tiger
infohash hash -: info hash; torrent hash; torrent
btih hash -: bittorrent infohash; infohash v1
btmh hash -: infohash v2; bittorrent v2 infohash
piece_count_have number -: pieces have; pieces; have pieces; pieces held
piece_count_total number -: pieces total; total pieces; number of pieces
files_offered_count number -: files offered; shared files; file count; number of files; no of files
file_name - -: filename; name of file; title; file
download_completed truth -: completed; download complete; downloaded; complete
severity - -: category; level; rating; priority
record_hash hash -: row hash; checksum; record checksum
"""),
    "ncrb_list": _fields("""
report_number - column: cybertip number; cybertipline number; cybertipline report number; cybertip no; ct
    number; ct no; tipline no; tipline number; tipline report no; ncmec report no; ncmec report id; ncmec
    id; report id; report no; cybertipline id
received time -: received on; date received; received date; date of receipt; receipt date; date received by
    ncmec; shared on; date of sharing; report date
incident time -: incident date; incident time; date of incident; incident date time; incident date and time;
    date and time of incident; time of incident; upload time; upload date
provider - -: esp; esp name; reporting esp; name of esp; company; platform; submitter; reported by; service
    provider; intermediary; social media
incident_type - -: type of incident; category; offence type; type; nature of incident; offence
state - -: state ut; state name; name of state; state or ut
district - -: district name; name of district; police district; unit; city
handling handling -: classification; report type; referral informational; referral or informational; report
    class; status
file - -: file name; pdf; pdf name; attachment; document; pdf file; report file
"""),
    "handle_register": _fields("""
platform - fixed: application; app; service; social media; social media platform; site
handle - column: user name; username; account; screen name; account name; user handle; id of user; profile
user_id - -: account id; uid; numeric id; profile id; user number
group_code - -: group id; group; channel code; code of group; group no
group_display_name - -: group name; channel name; name of group; channel title
members_counted number -: members; member count; number of members; no of members; total members
members_in_state number -: members from state; state members; kerala members; members from kerala
counted_at time -: counted on; date of count; count date; counted; checked on
counted_by - -: officer; officer name; counting officer; checked by; name of officer
authority - -: order no; authorisation; authorization; permission; order
linked_handle - -: linked account; other handle; connected handle; alternate handle
first_seen time -: first seen on; first observed; from; joined
last_seen time -: last seen on; last observed; last active; last online; to
notes - -: remarks; note; comment; comments
"""),
    "helpline": _fields("""
source_system - -: helpline name; name of helpline
reporter_email email -: caller email; complainant email
tip_id - column: tip no; call id; call no; complaint no; complaint id; ticket; ticket no; ticket id;
    reference; ref no; sl no; serial no; id; case id
channel - -: mode; source; mode of complaint; via; medium; received through
received_at time -: received; received on; date; date time; call time; date of call; date and time;
    complaint date; time; timestamp; date of complaint; call date
text - column: details; description; complaint; narration; information; content; message; gist; brief facts;
    tip; nature of complaint; remarks
reporter_name - -: caller; caller name; complainant; complainant name; name; name of caller; name of
    complainant; informer; informant
reporter_phone phone -: caller number; caller no; phone; mobile; contact no; contact number; mobile number;
    mobile no; caller phone; complainant mobile; phone number
mentioned_handle - -: handle; suspect handle; user name; suspect id; reported handle; suspect account;
    suspect profile; profile
mentioned_phone phone -: suspect phone; suspect mobile; suspect number; reported number; accused mobile;
    suspect mobile no
mentioned_email email -: suspect email; suspect e mail; reported email; email; e mail
mentioned_upi upi -: upi; upi id; suspect upi; vpa; suspect upi id
platform - -: app; application; social media; social media platform; site
"""),
    "lease": _fields("""
customer_ref - column: user id; userid; customer id; subscriber id; account no; account number; login id;
    username; user name; customer no; cust id; customer code; caf no; crn
ip ip column: ip address assigned; assigned ip; public ip; public ip address; translated ip address;
    translated ip; nat ip; ip address; framed ip address; framed ip; allocated ip; post nat ip; ip; ipv6
    prefix; delegated ipv6 prefix
port_low port -: translated port start; port start; start port; from port; public port start; source port of
    public ip; port; public port; translated port; nat port; port range start; post nat port; port block
    start
port_high port -: translated port end; port end; end port; to port; public port end; port range end; port
    block end
start time column: start time; start date; start date and time; login time; session start; session start
    time; from; allocation start; from time; begin; start datetime; acct start time; date and time of login;
    allocation time
end time -: end time; end date; end date and time; logout time; session end; session end time; to; until;
    stop time; to time; allocation end; end datetime; acct stop time; date and time of logout; release time
inner_ip inner_ip -: source ip address; private ip; private ip address; internal ip; source ip; inside ip;
    pre nat ip; msip; subscriber ip
name - -: name of user; user full name; subscriber name; customer name; name of subscriber; full name; name
address - -: postal address; installation address; subscriber address; customer address; billing address
msisdn phone -: mobile; mobile number; mobile no; msisdn no; phone; contact no; phone number; landline
    msisdn mdn leased circuit id; mdn
imei imei -: imei no; imei number; device imei; imeisv
imsi imsi -: imsi no; imsi number
destination_ip ip -: destination ip address; dest ip; dst ip; remote ip; server ip; destination address
destination_port port -: dest port; dst port; remote port; server port
static - -: static dynamic; ip type; type of ip; allocation type
duration_s number -: duration; duration in seconds; session duration; duration s; duration sec
"""),
    "subscriber": _fields("""
customer_ref - column: user id; customer id; subscriber id; subscriberid; cust code; account no; account
    number; customer no; login id; cust id; customer code; caf no; crn
name - column: full name; fullname; cust name; customer name; subscriber name; name of subscriber; name of
    user; name of customer
address_kind - fixed: addr type; address type; type of address
house_name - -: house; house no name; building; building name; house name no; flat
ward - -: ward no; ward number
door_number - -: door no; house no; house number; flat no; door
locality - -: place; area; city; town; village; street; location; post office
pincode pincode -: pin; pin code; postal code; zip; zip code; postcode
phone phone -: mobile; mobile no; mobile number; contact no; contact number; phone number; alternate contact
    no; msisdn
email email -: e mail; email id; e mail id; mail id; email address
active_from time -: activation date; date of activation; svc start; activefrom; start date; service start;
    connection date; doa; from
installation_address - -: install address; service address; address of installation
billing_address - -: bill address; correspondence address; address for billing
segment - -: connection type; connection category; category of connection; customer type
latitude - -: lat; gps latitude
longitude - -: lon; lng; long; gps longitude
holder_birth_year number -: birth year; year of birth
remarks - -: remark; notes; comments
active_to time -: deactivation date; svc end; activeto; end date; service end; disconnection date; date of
    deactivation; to; termination date
"""),
}  # fmt: skip

# Times that one export writes in one way: what settles the order of the first settles that of the second.
SIBLINGS = (
    frozenset(("observed_first", "observed_last")),
    frozenset(("start", "end")),
    frozenset(("first_seen", "last_seen")),
    frozenset(("active_from", "active_to")),
)


def names_of(kind: str) -> frozenset[str]:
    """The canonical names of a kind; empty for an unknown kind."""
    return frozenset(field.name for field in KINDS.get(kind, ()))


def times_of(kind: str) -> frozenset[str]:
    """Those that are times."""
    return frozenset(field.name for field in KINDS.get(kind, ()) if field.shape == "time")
