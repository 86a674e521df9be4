"""The sentences of the facts in English and Malayalam; `{files}` is a number, `{at}` a time as the record has it."""

from __future__ import annotations

from kaval.engine.kernel.reason import Reason

_SENTENCES: dict[str, tuple[str, str]] = {
    "F-NOTHING-GRADED": (
        "No file equals or nears an entry with a verdict in the lists used; files examined: {files}.",
        "പരിശോധിച്ച {files} ഫയലുകളിൽ ഒന്നും ഉപയോഗിച്ച പട്ടികകളിലെ വിധിയുള്ള രേഖയുമായി ഒത്തില്ല.",
    ),
    "F-WHERE": (
        "Graded files, counted here by the places they lie in: {files}.",
        "തരംതിരിക്കപ്പെട്ട {files} ഫയലുകൾ ഇവിടെ എണ്ണിയ സ്ഥലങ്ങളിലാണ്.",
    ),
    "F-WHERE-PASSIVE": (
        "All of them lie where programs put files by themselves; that alone shows no intent to keep them.",
        "എല്ലാം പ്രോഗ്രാമുകൾ സ്വയം ഫയലുകൾ വെക്കുന്ന ഇടങ്ങളിലാണ്; അതു മാത്രം സൂക്ഷിക്കാനുള്ള ഉദ്ദേശ്യം കാണിക്കുന്നില്ല.",
    ),
    "F-CAME-BROWSER": (
        "Download records of a browser that name graded files: {files}.",
        "ബ്രൗസറിന്റെ {files} ഡൗൺലോഡ് രേഖകൾ തരംതിരിച്ച ഫയലുകളെ പറയുന്നു.",
    ),
    "F-CAME-CHAT": (
        "Graded files that came by a messenger or lie in its folders: {files}.",
        "{files} ഫയലുകൾ സന്ദേശ ആപ്പ് വഴി വന്നതോ അതിന്റെ ഫോൾഡറിലുള്ളതോ ആണ്.",
    ),
    "F-CAME-P2P": (
        "Graded files that sharing programs name or that lie in their folders: {files}.",
        "{files} ഫയലുകൾ ഫയൽ പങ്കിടൽ പ്രോഗ്രാമുകളുടെ ഫോൾഡറുകളിലാണ്.",
    ),
    "F-CAME-GALLERY": (
        "Records of the gallery that name the program or host that brought graded files: {files}.",
        "ഫയലുകൾ കൊണ്ടുവന്ന പ്രോഗ്രാമിനെയോ ഹോസ്റ്റിനെയോ ഗാലറിയുടെ {files} രേഖകൾ പറയുന്നു.",
    ),
    "F-CAME-CAMERA": (
        "Graded files in the camera's folder (see the camera comparison): {files}.",
        "{files} ഫയലുകൾ ക്യാമറയുടെ ഫോൾഡറിലാണ്; ക്യാമറ താരതമ്യം കാണുക.",
    ),
    "F-CAME-CLOUD": (
        "Graded files in a folder kept in step with a cloud, possibly from another device: {files}.",
        "{files} ഫയലുകൾ ക്ലൗഡുമായി സമന്വയിക്കുന്ന ഫോൾഡറിലാണ്; മറ്റൊരു ഉപകരണത്തിൽനിന്ന് വന്നതാകാം.",
    ),
    "F-CAME-AUTO-UNKNOWN": (
        "Whether the messenger saved media by itself is not known: read its settings before speaking of saving.",
        "ആപ്പ് സ്വയം സൂക്ഷിച്ചതാണോ എന്നറിയില്ല: അതിന്റെ ക്രമീകരണം നോക്കുക.",
    ),
    "F-CAME-AUTO-YES": (
        "The messenger was set to save media by itself.",
        "ആപ്പ് സ്വയം മീഡിയ സൂക്ഷിക്കാൻ ക്രമീകരിച്ചിരുന്നു.",
    ),
    "F-CAME-AUTO-NO": (
        "The messenger was not set to save media by itself.",
        "ആപ്പ് സ്വയം മീഡിയ സൂക്ഷിക്കാൻ ക്രമീകരിച്ചിരുന്നില്ല.",
    ),
    "F-CAME-UNKNOWN": (
        "No download, message or folder says how the files came.",
        "ഫയലുകൾ എങ്ങനെ വന്നു എന്ന് ഒരു രേഖയും പറയുന്നില്ല.",
    ),
    "F-OPENED": (
        "Records that graded files were opened: {files}; the last at {at}.",
        "തരംതിരിച്ച ഫയലുകൾ തുറന്നതായി {files} രേഖകൾ; ഒടുവിലത്തേത് {at}.",
    ),
    "F-OPENED-THUMBNAIL": (
        "Small previews of graded files: {files}; a folder that is merely listed makes them too.",
        "ഫയലുകളുടെ {files} ചെറുചിത്രങ്ങളുണ്ട്; ഫോൾഡർ തുറന്നാൽ മാത്രം മതി അവ ഉണ്ടാകാൻ.",
    ),
    "F-OPENED-NAME": (
        "Records of opened files that bear a graded file's name and state no folder: {files}.",
        "തുറന്ന ഫയലുകളുടെ {files} രേഖകളിൽ തരംതിരിച്ച ഫയലിന്റെ പേരുണ്ട്; ഫോൾഡർ പറയുന്നില്ല.",
    ),
    "F-OPENED-UNREAD": (
        "No record of opened files was read on this device.",
        "തുറന്ന ഫയലുകളുടെ രേഖകളൊന്നും ഈ ഉപകരണത്തിൽ വായിച്ചില്ല.",
    ),
    "F-OPENED-NONE": (
        "Records of opened files were read; none names a graded file.",
        "തുറന്ന ഫയലുകളുടെ രേഖകൾ വായിച്ചു; ഒന്നും തരംതിരിച്ച ഫയലിനെ പറയുന്നില്ല.",
    ),
    "F-KNOWLEDGE-SOUGHT": (
        "Searches or visits that hit a list the reviewer supplied: {files}.",
        "{files} തിരയലുകളോ സന്ദർശനങ്ങളോ പരിശോധകൻ നൽകിയ പട്ടികയുമായി ഒത്തു.",
    ),
    "F-KNOWLEDGE-RENAMED": (
        "Records that graded files were renamed: {files}.",
        "ഫയലുകളുടെ പേരു മാറ്റിയതായി {files} രേഖകൾ.",
    ),
    "F-KNOWLEDGE-MARKED": (
        "Records that a person marked graded files as favourite or hid them: {files}.",
        "ഫയലുകൾ ഇഷ്ടപ്പെട്ടതായോ മറച്ചതായോ അടയാളപ്പെടുത്തിയ {files} രേഖകൾ.",
    ),
    "F-KNOWLEDGE-FOLDERS": (
        "Folders of the user in which graded files lie: {files}; a person judges whether somebody sorted them.",
        "ഫയലുകൾ ഉപയോക്താവിന്റെ {files} ഫോൾഡറുകളിലുണ്ട്; അടുക്കിവെച്ചതാണോ എന്ന് ഒരാൾ വിലയിരുത്തണം.",
    ),
    "F-KNOWLEDGE-NO-HISTORY": (
        "No browser history was read on this device.",
        "ഈ ഉപകരണത്തിൽ ബ്രൗസർ ചരിത്രമൊന്നും വായിച്ചില്ല.",
    ),
    "F-KNOWLEDGE-NONE": (
        "Histories were read; nothing hits the reviewer's lists. Without a list this says nothing.",
        "ചരിത്രം വായിച്ചു; പരിശോധകന്റെ പട്ടികയുമായി ഒന്നും ഒത്തില്ല. പട്ടികയില്ലെങ്കിൽ ഇതിന് അർഥമില്ല.",
    ),
    "F-DELETED": (
        "Graded files that are deleted or remain only in free space: {files}; when is not stated.",
        "{files} ഫയലുകൾ മായ്ക്കപ്പെട്ടവയോ ഒഴിഞ്ഞ സ്ഥലത്ത് ശേഷിച്ചവയോ ആണ്; സമയം വ്യക്തമല്ല.",
    ),
    "F-DELETED-TIME": (
        "Records that say when graded files were deleted: {files}; the last at {at}.",
        "ഫയലുകൾ മായ്ച്ച സമയം {files} രേഖകൾ പറയുന്നു; ഒടുവിലത്തേത് {at}.",
    ),
    "F-DELETED-NONE": (
        "All graded files are still there and no record says that one was deleted.",
        "തരംതിരിച്ച ഫയലുകളെല്ലാം ഇപ്പോഴുമുണ്ട്; മായ്ച്ചതായി രേഖയില്ല.",
    ),
    "F-REPORTED": ("Records that a report was made: {files}.", "റിപ്പോർട്ട് നൽകിയതായി {files} രേഖകൾ."),
    "F-REPORTED-UNKNOWN": (
        "A device does not show whether somebody reported the material: ask the person and the portals.",
        "ആരെങ്കിലും റിപ്പോർട്ട് ചെയ്തോ എന്ന് ഉപകരണം കാണിക്കുന്നില്ല: വ്യക്തിയോടും പോർട്ടലുകളോടും ചോദിക്കുക.",
    ),
    "F-TRANSMITTED": (
        "Records that graded files were sent or shared: {files}; the last at {at}.",
        "ഫയലുകൾ അയച്ചതായോ പങ്കിട്ടതായോ {files} രേഖകൾ; ഒടുവിലത്തേത് {at}.",
    ),
    "F-SENT-FOLDER": (
        "Graded files in a messenger's folder of sent files: {files}.",
        "{files} ഫയലുകൾ സന്ദേശ ആപ്പിന്റെ 'അയച്ചവ' ഫോൾഡറിലാണ്.",
    ),
    "F-SENT-OR-RECEIVED": (
        "Messages with graded files, of which the export does not say who sent them: {files}.",
        "{files} സന്ദേശങ്ങളിൽ തരംതിരിച്ച ഫയലുകളുണ്ട്; അയച്ചതോ കിട്ടിയതോ എന്ന് രേഖ പറയുന്നില്ല.",
    ),
    "F-SENT-WITH-FOLDER": (
        "Transfers of folders with graded files that passed bytes on, of which file is not stated: {files}.",
        "തരംതിരിച്ച ഫയലുകളുള്ള ഫോൾഡറുകളുടെ {files} കൈമാറ്റങ്ങൾ; ഏതു ഫയൽ എന്ന് വ്യക്തമല്ല.",
    ),
    "F-TRANSMITTED-UNREAD": (
        "No messages and no records of sharing were read on this device.",
        "ഈ ഉപകരണത്തിൽ സന്ദേശ രേഖകളൊന്നും വായിച്ചില്ല.",
    ),
    "F-TRANSMITTED-NONE": (
        "Messages or records of sharing were read; none carries a graded file out. Other ways leave no trace there.",
        "സന്ദേശങ്ങൾ വായിച്ചു; ഒന്നിലും തരംതിരിച്ച ഫയൽ അയച്ചതായില്ല.",
    ),
    "F-COMMERCIAL": ("Records of payment or offer: {files}.", "പണമിടപാടോ വാഗ്ദാനമോ സംബന്ധിച്ച {files} രേഖകൾ."),
    "F-COMMERCIAL-WORDS": (
        "Conversations that hit a reviewer's list about payment: {files}; a person reads them.",
        "{files} സംഭാഷണങ്ങൾ പണമിടപാട് സംബന്ധിച്ച പട്ടികയുമായി ഒത്തു: ഒരാൾ വായിക്കണം.",
    ),
    "F-COMMERCIAL-NONE": (
        "Messages were read; none of them carries a payment or offer record.",
        "സന്ദേശങ്ങൾ വായിച്ചു; പണമിടപാടിന്റെ രേഖയില്ല.",
    ),
    "F-COMMERCIAL-UNKNOWN": (
        "No messages or payment records were read on this device.",
        "സന്ദേശങ്ങളോ പണമിടപാട് രേഖകളോ വായിച്ചില്ല.",
    ),
    "F-CAMERA-OWN": (
        "Graded files that name the camera of this very device: {files}.",
        "{files} ഫയലുകൾ ഈ ഉപകരണത്തിന്റെ തന്നെ ക്യാമറയെ പറയുന്നു.",
    ),
    "F-CAMERA-ACT": (
        "A child may be within reach: go the victim's way at once.",
        "ഒരു കുട്ടി അപകടത്തിലാകാം: ഉടൻ ഇരയെ സംരക്ഷിക്കാനുള്ള നടപടി തുടങ്ങുക.",
    ),
    "F-CAMERA-NONE-KNOWN": (
        "Which camera this device has is not known: compare maker and model by hand.",
        "ഉപകരണത്തിന്റെ ക്യാമറ ഏതെന്നറിയില്ല: നേരിട്ട് ഒത്തുനോക്കുക.",
    ),
    "F-CAMERA-OTHER": (
        "No graded file names this device's camera; messengers remove what a picture says of its camera.",
        "ഒരു ഫയലും ഈ ഉപകരണത്തിന്റെ ക്യാമറയെ പറയുന്നില്ല; ആപ്പുകൾ ആ വിവരം നീക്കാറുണ്ട്.",
    ),
    "F-CAMERA-UNSEEN": (
        "New material is in no list: the order for people puts camera originals first.",
        "പുതിയവ ഒരു പട്ടികയിലും കാണില്ല: പരിശോധനാക്രമം ക്യാമറയിലെടുത്തവയെ മുന്നിൽ വെക്കുന്നു.",
    ),
    "F-AGE": (
        "No program decides an age here: clear infants need no proof, near 18 an expert is required.",
        "പ്രായം പ്രോഗ്രാം തീരുമാനിക്കുന്നില്ല: 18-നോടടുത്താൽ വിദഗ്ധാഭിപ്രായം വേണം.",
    ),
    "F-KNOWN-EQUAL": (
        "Files equal to listed entries byte for byte: {files}; a person confirms before anything is asserted.",
        "{files} ഫയലുകൾ പട്ടികയിലുള്ളവയുമായി പൂർണമായും ഒത്തു; ഉറപ്പിക്കുന്നതിനു മുമ്പ് ഒരാൾ സ്ഥിരീകരിക്കണം.",
    ),
    "F-KNOWN-NEAR": (
        "Files that only resemble listed entries (perceptual distance): {files}; somebody must compare them.",
        "{files} ഫയലുകൾ സാദൃശ്യം മാത്രം കാണിക്കുന്നു: ഒരാൾ ഒത്തുനോക്കണം.",
    ),
    "F-KNOWN-MUTE": (
        "Files in lists that give no verdict: {files}; ask what those lists mean.",
        "{files} ഫയലുകൾ വിധി പറയാത്ത പട്ടികകളിലാണ്: അവയുടെ അർഥം ചോദിക്കുക.",
    ),
    "F-USER": (
        "Accounts signed in or known on this device: {files}.",
        "ഈ ഉപകരണത്തിൽ {files} അക്കൗണ്ടുകളുണ്ട്.",
    ),
    "F-USER-SEVERAL": (
        "More than one account ({files}): who used the device when is still to be shown.",
        "ഒന്നിലേറെ അക്കൗണ്ടുകൾ ({files}): ആര് എപ്പോൾ ഉപയോഗിച്ചു എന്ന് തെളിയിക്കണം.",
    ),
    "F-USER-OTHERS": (
        "Signs that somebody else could have operated the device: {files}; see the indicators.",
        "മറ്റൊരാൾക്ക് ഉപകരണം പ്രവർത്തിപ്പിക്കാമായിരുന്നു എന്നതിന് {files} സൂചനകൾ.",
    ),
    "F-USER-UNKNOWN": (
        "No account was read on this device: whose it is must come from elsewhere.",
        "ഒരു അക്കൗണ്ടും വായിച്ചില്ല: ഉപയോക്താവിനെ മറ്റു തെളിവുകളിൽനിന്ന് അറിയണം.",
    ),
    "C-SERIAL": (
        "Pictures on {files} devices name the same camera by its serial number; any program can write that number.",
        "{files} ഉപകരണങ്ങളിലെ ചിത്രങ്ങൾ ഒരേ ക്യാമറയുടെ ക്രമനമ്പർ പറയുന്നു; ഏതു പ്രോഗ്രാമിനും അത് എഴുതാം.",
    ),
    "C-MODEL": (
        "Pictures on {files} devices name the same maker and model; many people own one.",
        "{files} ഉപകരണങ്ങളിലെ ചിത്രങ്ങൾ ഒരേ നിർമാതാവിനെയും മോഡലിനെയും പറയുന്നു; പലർക്കും അതുണ്ട്.",
    ),
    "C-OWN-ELSEWHERE": (
        "Graded files on other devices that name the camera one of these devices has: {files}.",
        "മറ്റ് ഉപകരണങ്ങളിലെ {files} തരംതിരിച്ച ഫയലുകൾ ഇവയിലൊന്നിന്റെ ക്യാമറയെ പറയുന്നു.",
    ),
}


def reason(code: str, *, files: int = 0, at: str = "") -> Reason:
    """The reason of a code with its number and time put in."""
    english, malayalam = _SENTENCES[code]
    return Reason(code, english.format(files=files, at=at), malayalam.format(files=files, at=at))
