# All texts of the pages, in English. The keys are the same in every language: a test sees to it.

## The frame
product = Archive and register
skip-to-content = Skip to content
main-menu = Main menu
search-everything = Search the whole archive
search = Search
other-language = Italiano
in-another-tab = in another tab
language-loses = If you change the language, what you typed on this page is lost. Change it all the same?
sign-in = Sign in
sign-out = Sign out
menu-home = Desk
menu-file = Register
menu-register = Entries
menu-dossiers = Dossiers
menu-search = Search
menu-administration = Administration
for-programs = For programs (API)
shortcuts = Keyboard shortcuts

## Signing in
user-name = User name
password = Password
no-account = No account? Staff ask the administrator, citizens ask at the counter.
session-ended = Your session has ended
session-ended-kept = Sign in again: what you typed is kept in this page.
signed-in-again = Welcome back
nothing-lost = Nothing of what you typed is lost. You can send it now.
choose-files-again = Files that had not arrived yet are to be chosen again on the page that follows.
choose-again = { $value } (to be chosen again)
go-on = Send

## Before a form is sent for whoever signed in again: what it does
sends = Send a form
sends-sign-out = Sign out
sends-dossiers = Open a dossier
sends-dossiers-id-items = File into dossier { $value }
sends-dossiers-id-items-item = Change what the parties see of dossier { $value }
sends-dossiers-id-items-item-removal = Take out of dossier { $value }
sends-dossiers-id-closure = Close dossier { $value }
sends-dossiers-id-reopening = Reopen dossier { $value }
sends-registers = Open a register
sends-registers-register = Change register { $value }
sends-users = Add a user
sends-users-name = Change user { $value }
sends-offices = Add an office
sends-tokens = Make a key for a program
sends-tokens-id-revocation = Revoke a key
sends-registers-register-entries = Register a document in register { $value }
sends-starred = Star something, or take its star away
sends-registers-register-assignments = Assign several entries of register { $value }
sends-registers-register-dossiers = File several entries of register { $value } into a dossier
sends-registers-register-entries-year-number-assignments = Assign entry { $value }
sends-inbox-answers = Answers the ticked assignments
sends-registers-register-entries-year-number-assignments-answers = Answers the assignment of { $value }
sends-registers-register-entries-year-number-classification = Classify entry { $value }
sends-registers-register-entries-year-number-annulment = Annul entry { $value }
sends-registers-register-entries-year-number-documents = Add a document to entry { $value }
sends-registers-register-entries-year-number-links = Link entry { $value } to another
sends-registers-register-entries-year-number-dossiers = File entry { $value } into a dossier
sends-search-recent-removal = Forget recent searches
sends-saved-searches = Save a search
sends-saved-searches-id-seen = Mark what is new in a search as seen
sends-saved-searches-id-removal = Delete a saved search
sends-documents = Add a document
sends-documents-id-versions = Add a version to document { $value }
sends-as = You send it as { $value }
sends-what = You are about to send
form-of-other-session = Look at it before you send it
form-of-other-session-why = This form was opened in another session. It has not been sent yet and nothing is lost: if it is right, send it.
field-who-email = E-mail
field-who-pec = Certified e-mail
field-who-role = As
field-who-kind = Person or body
field-received-on = Received on
field-received-number = The sender’s number
field-received-date = The sender’s date
field-channel = How it came
field-direction = Direction
field-class-choice = Class
field-confidential = Confidential
field-given-to = Assigned to
field-given-mode = What for
field-due = To be done by
field-note = What is to be done
field-given-due = To be done by
field-given-note = What is to be done
field-to = To whom
field-mode = What for
field-entry = Entry
field-relation = Link
field-of = What is annulled
field-act-number = Act no.
field-act-date = Date of the act
field-description = Description
field-shown = Shown to the parties
field-what = Number or code
field-party_role = As what
field-office = Keeping office
field-officer = In charge
field-participants = Offices taking part
field-parent = Part of
field-password = Password
field-roles = Roles
field-offices = Offices
field-active = May sign in
field-user = For whom
field-scopes = May do
field-special = Special register
field-field-title = Field
field-field-shape = What it holds
field-field-choices = Possible values
field-field-required = Required
field-exempt = Exempt from registration
field-closed = Closed

## Problems
to-first-page = Back to the desk
request-id = Request number, to be told when you ask for help
problem-malformed-request = The request cannot be understood
advice-malformed-request = Go back and try again.
problem-malformed-json = The request cannot be understood
advice-malformed-json = Go back and try again.
problem-malformed-digest = The announced digest cannot be understood
advice-malformed-digest = Go back and try again.
problem-upload-truncated = The upload broke off
advice-upload-truncated = Nothing was kept. Check the connection and send it again.
problem-idempotency-key-missing = The form is not complete
advice-idempotency-key-missing = Reload the page of the form and try again.
problem-unauthenticated = You have to sign in
advice-unauthenticated = Sign in with user name and password.
problem-sign-in-refused = Name or password is wrong
advice-sign-in-refused = Check capitals and try again. The administrator can give you a new password.
problem-forbidden = You may not do this
advice-forbidden = Who may do it is said below; the administrator gives out roles.
problem-csrf-token = The form was not accepted
advice-csrf-token = It does not seem to come from a page of this archive, or the page was opened in another session. Nothing was done: open the page here and fill in the form there.
problem-not-found = There is nothing here
advice-not-found = The address is wrong, or it is something that you may not see.
problem-not-available = There is no preview
advice-not-available = Download the document to read it.
problem-not-stampable = There is no copy with the mark
advice-not-stampable = Download the document as it is, or print the label from the entry.
problem-method-not-allowed = This address is not used in this way
advice-method-not-allowed = Go back and use the buttons of the page.
problem-register-closed = The register is closed
advice-register-closed = Register in another register, or ask the administrator to open it again.
problem-dossier-closed = The dossier is closed
advice-dossier-closed = Reopen it first, with a reason.
problem-dossier-open = The dossier is open already
advice-dossier-open = Nothing needs to be done.
problem-entry-annulled = The entry is annulled
advice-entry-annulled = It stays readable and never changes. Register the document anew if need be.
problem-already-exists = It exists already
advice-already-exists = Use what exists, or choose another name.
problem-assignment-state = Meanwhile somebody has answered the assignment
advice-assignment-state = Read the entry again and decide again.
problem-document-registered = A registered document gets no new versions
advice-document-registered = Register the new version as an entry of its own.
problem-changed = Somebody changed it in the meantime
advice-changed = Go back to the page, look how it is now, and decide again.
advice-changed-here = Here you see how it is now and what you had written: check it and, if it is still right, send it again.
problem-too-large = It is too large
advice-too-large = Send less at a time: the limit is said below.
problem-unsupported-media-type = The form cannot be understood
advice-unsupported-media-type = Reload the page and try again.
problem-range-not-satisfiable = There is no such part of the document
advice-range-not-satisfiable = Download the whole document.
problem-invalid = Something is not valid
advice-invalid = Correct the fields named here and send again.
problem-idempotency-key-reused = This form was sent already, with other data
advice-idempotency-key-reused = Below is what you have typed now. If it is another document, press Register: it gets a number of its own. Otherwise open the entry that is there.
problem-blob-unknown = A file is not kept here any more
advice-blob-unknown = Uploaded files are kept for 24 hours unless they are registered: choose it again.
problem-digest-mismatch = The file arrived altered
advice-digest-mismatch = Nothing was kept. Send it again.
problem-too-many-attempts = Too many tries to sign in
advice-too-many-attempts = Wait a minute and try again.
problem-internal = The archive failed
advice-internal = Try again; if it repeats, tell the administrator the request number.
problem-stopped = The archive takes no changes
advice-stopped = Tell the administrator: a write to the disk failed and it must be restarted. Reading works.
problem-not-ready = The archive is not ready yet
advice-not-ready = Try again in some seconds.
problem-busy = Too much of this is going on already
advice-busy = Try again in some seconds.
problem-seal-away = The mark cannot be sealed at the moment
advice-seal-away = The registration stands, and nothing is lost. Try again in some seconds; if it goes on, tell the administrator that the signing service does not answer.
problem-disk-full = The disk is full
advice-disk-full = Tell the administrator. Nothing is lost; writing goes on by itself when there is room.

## Roles
role-administrator = administrator
role-registrar = registrar
role-officer = officer
role-manager = manager
role-archivist = archivist
role-auditor = auditor
role-citizen = citizen
role-service = program

## Lists
entries = Entries
newest-entries = Newest entries
newest-dossiers = Recent dossiers
no-dossiers = No dossiers.
number = Number
day = Date
direction = Kind
subject = Subject
class = Class
assigned-to = Assigned to
annulled = annulled
confidential = confidential
confidential-entry = Confidential entry
direction-incoming = incoming
direction-outgoing = outgoing
direction-internal = internal
state-open = open
state-closed = closed
items = { $count ->
    [one] { $count } item
   *[other] { $count } items
}
results = { $count ->
    [one] { $count } result
   *[other] { $count } results
}

## Dossiers
dossier = Dossier
open-dossier = Open a dossier
open-sub-dossier = Open a sub-dossier
open-it = Open the dossier
close-dossier = Close
reopen-dossier = Reopen
download-whole = Download the whole
file-here = File into the dossier
file-it = File
new-document = New document without a number
new-document-hint = For drafts and internal papers that are not registered. It can be uploaded again when it changes: every version stays.
title-or-file-name = Left empty, the name of the file stands for it.
class-hint-optional = Optional: type the code or choose from the list, for example 6.3.
create-it = Upload the document
create-and-file = Upload and file into the dossier
who-saw-it = Who saw it
narrow-dossiers = Narrow the list of dossiers
words-of-dossier = Words of the dossier
office = Office
officer = In charge
officer-in-charge = Officer in charge
keeping-office = Office that keeps it
taking-part = Office that takes part
offices-taking-part = Offices that take part
in-charge = Who deals with it
nobody-in-charge = Nobody: neither an office nor a person.
all-offices = All offices
all-states = All
state = State
year = Year
code = Code
title = Title
name = Name
tax-code = Tax code
as-what = As what
opened = Opened
closed = Closed
documents = Documents
show-all = Show all
no-such-dossiers = No dossier fits. Leave out a condition and try again.
further-dossiers = More dossiers
further-items = More documents
from-the-first = Back to the beginning
where-this-is = Where you are
closed-on = Closed on
reopened = Reopened
what-it-holds = Contents
nothing-filed = The dossier is still empty.
item = number
item-withheld = A document that you may not see
without-number = document without a number
filed-on = filed on
taken-out = taken out
shown-to-parties = shown to the parties
not-shown-to-parties = not shown to the parties
show = Show
hide = Hide
take-out = Take out
parties = Parties
parties-hint = Who has a tax code here can follow the dossier when signed in.
more-parties = Add more parties
more-about-dossier = Procedure and other offices
family = Dossier and sub-dossiers
facts = Facts
procedure = Procedure
reason = Reason
class-hint = Type the code or choose from the list, for instance 6.3.
none-chosen = None
leave-it = Leave without saving
number-to-file = Register number, or code of the document
number-to-file-hint = For instance 42/2026 or PG 42/2026. For a document without a number its code: 17-0.
show-it-to-parties = The parties may see it
reason-title-close = Close the dossier
reason-title-reopen = Reopen the dossier
reason-title-remove = Take out of the dossier
reason-hint-close = Closed, it takes no more documents. It can be reopened at any time.
reason-hint-reopen = Reopened, it takes documents again.
reason-hint-remove = The document stays in the archive; the dossier will say that it was there, who took it out and why.
dossier-is-now = The dossier is now:
look-and-send-again = Look how it is and, if that is still right, send again.
see-day = See the day
nobody-saw-it = Nobody saw it on { $value }.
access-read = read
access-download = downloaded
access-list = listed
access-access-log = access log read

## What is wrong with a field
wrong-must-not-be-empty = Must be filled in
wrong-choose-a-file = Choose the file.
wrong-missing = Must be filled in
wrong-at-most-n-characters = At most { $value } characters
wrong-at-most-n-items = At most { $value }
wrong-at-least-n-characters = At least { $value } characters
wrong-must-be-one-line-without-line-breaks-and-tabs = On one line, without line breaks
wrong-must-not-hold-control-characters = Holds characters that cannot be seen: type it anew
wrong-n-letters-and-digits-for-a-person-n-digits-for-a-business = 16 letters and digits for a person, 11 digits for a business
wrong-not-a-class-code = Not the code of a class, such as 6.3
wrong-no-class-n-in-the-classification-scheme = The scheme has no class { $value }
wrong-not-an-office = Not the code of an office
wrong-not-a-year = Type the year with four digits
wrong-not-a-code = Letters without accents, digits, dot and hyphen, at most 32
wrong-no-office = There is no office { $value }
wrong-no-user = There is no active user { $value }
wrong-not-a-number = Not a register number, such as 42/2026
wrong-no-such-entry = There is no entry with this number that you may see
wrong-no-such-document = There is no document with this code that you may see
wrong-not-a-tick-of-the-list = Not a line of the list
wrong-is-as-it-was-only-what-is-wrong-is-annulled = It is as it was: only what is wrong is annulled
wrong-name-at-least-one-field-subject-correspondents-or-received = Choose what to annul
wrong-is-this-entry-itself = This is the same entry
wrong-is-named-above-already = It is named above already
wrong-this-register-has-no-such-field = This register has no such field
wrong-this-register-has-no-fields-of-its-own = This register has no fields of its own
wrong-missing-say-why-the-register-is-closed-or-opened-again = Say why the register is closed or opened again
wrong-no-such-dossier = There is no such dossier that you may see
wrong-no-such-register = There is no register of this name
wrong-no-such-item = The dossier has no document with this number
wrong-no-such-user = There is no user of this name
wrong-no-such-token = There is no token with this code
wrong-no-such-saved-search = This saved search is not there any more
wrong-no-such-address = There is no page at this address
wrong-no-such-page = There is no page at this address
wrong-no-such-version = The document has no such version
wrong-the-item-was-taken-out-of-the-dossier = It was taken out of the dossier
wrong-at-most-n-things-take-a-star-away-first = At most { $value } things: take a star away first
wrong-too-many-packages-are-being-made = Too many dossiers are being downloaded at this moment
wrong-too-many-exports-are-being-made = Too many lists are being made at this moment
wrong-too-many-documents-are-being-stamped = Too many copies with the mark are being made at the moment
wrong-too-many-marks-are-being-sealed = Too many marks are being sealed at the moment
wrong-it-is-not-registered-so-it-has-no-mark = The document is not registered: it has no mark
wrong-the-mark-is-stamped-on-pdf-documents-only = The mark is put on PDF documents only
wrong-it-is-protected-by-a-password = The document is protected by a password
wrong-it-is-damaged-or-takes-too-much-memory = The document is damaged, or takes too much memory
wrong-it-is-larger-than-is-stamped = The document is too large
wrong-stamping-it-took-longer-than-is-allowed = The document is too complex: the copy takes too long
wrong-no-process-that-reads-documents-is-started-here = On this server documents are not read: tell the administrator if you need it
wrong-the-process-that-stamps-could-not-be-started = The program that puts the mark does not start: tell the administrator
wrong-only-a-sheet-has-places-add-n = Only a sheet has places: choose the A4 sheet
wrong-a-place-of-the-sheet-from-n-to-n-row-by-row = Choose a place of the sheet, from 1 to 24, counted row by row
wrong-the-index-has-not-come-so-far-yet = The search does not know the latest entries yet
wrong-the-index-is-being-brought-up-to-date = The search is being brought up to date
wrong-it-is-still-starting = The program is still starting
wrong-a-content-has-at-most-n-bytes = A file has at most { $value } bytes
wrong-the-texts-of-a-form-have-at-most-n-bytes = The texts of a form have at most { $value } bytes
wrong-the-form-ended-before-its-last-part-was-whole = What was sent broke off before its end

## What citizens see
my-dossiers = My dossiers
my-dossiers-lead = Here are the matters that concern you: how they stand, who deals with them, and the documents that you can download.
no-dossiers-of-mine = There is no matter in your name yet. If you expect one, ask at the counter.
citizen-state-open = Under way
citizen-state-closed = Finished
shown-documents = { $count ->
    [0] No documents to see yet
    [one] { $count } document
   *[other] { $count } documents
}
begun-on = begun on
deals-with-it = Dealt with by
see-documents = See the documents
how-to-reach = How to reach us
write-to = You can write to
name-the-code = Always name the title of the matter.
name-this-code = When you write or come to the counter, name the code { $value }.
whole-dossier = The whole dossier
whole-is-zip = It is a ZIP file: in it are all the documents of this page.
nothing-shown-yet = There are no documents to see here yet.
citizen-direction-incoming = Received by the town hall
citizen-direction-outgoing = Sent by the town hall
citizen-direction-internal = Document of the town hall
download = Download
download-stamped = Copy with the mark
withheld-one = Document no. { $count }: not shown.
withheld-many = { $count } documents not shown
item-short = no.
ask-to-see-it = You can ask the office to see it
ask-to-see-them = You can ask the office to see them
parts-of-dossier = Parts of the dossier

## Administration
health = Health
users = Users
offices = Offices
registers = Registers
scheme = Classification scheme
tokens = Access for programs
health-of-archive = Health of the archive
archive-is-well = The archive is well.
archive-takes-writes = It takes in documents and keeps them.
archive-is-unwell = Something is wrong.
imports = Imports from earlier systems
imports-how = Registers of an earlier system are imported on the server, with their numbers and dates:
no-imports = Nothing was imported.
imports-entries = { $count ->
    [one] one entry
   *[other] { $count } entries
}
emergencies = Emergency registers
no-emergencies = No emergency register was brought home.
emergency-open = not closed yet
imports-missing = missing numbers:
registered-by-day = Entries day by day
registered-in-weeks = { $count ->
    [0] No entry in the last four weeks.
    [one] One entry in the last four weeks.
   *[other] { $count } entries in the last four weeks.
}
the-fullest-day = The fullest day is
day-by-day = All days as a table
status-stopped = Nothing is written until a restart: { $value }.
status-disk-full = The disk is full (the last { $value } MiB are kept back): nothing is written until there is room.
status-no-reserve = There is no room for the reserve: free some space soon.
status-catalogue-rebuilt = The catalogue is being rebuilt.
status-catalogue-behind = The catalogue is { $value } events behind and is being brought up to date.
status-catalogue-damaged = The catalogue was damaged ({ $value }) and is rebuilt from the journal.
status-index-behind = The search index is { $value } events behind and is being brought up to date.
status-index-damaged = The search index was damaged ({ $value }) and is rebuilt from the journal.
status-seal-away = { $value } marks wait for their seal: the signer does not answer.
status-fence-missing = Documents are read without one of the fences, which the kernel of this machine does not have: { $value }.
status-credentials-damaged = credentials.json: { $value }. Put back a copy, or make a token with “tabularium token create” and set new passwords.
status-audit-index = The self-audit found { $value } items that the index had otherwise than they were recorded; they were indexed again. The log names them.
status-audit-catalogue = The self-audit found { $value } things that the catalogue has otherwise than they were recorded: it is rebuilt at the next start. The log names them.
status-audit-content = The self-audit found { $value } damaged contents: run “tabularium verify”, and put back a copy. The log names them.
texts-of-documents = Texts of documents
texts-full = read whole
texts-partial = read in part
texts-none = without text
texts-pending = to be read
texts-waiting = Waiting to be read
the-oldest = the oldest
being-read = Being read now
to-recognise = Images to recognise
to-try-again = To be tried again
read-again = Read again
disk = Disk
disk-free = Free
of = of
not-known = Not known.
catalogue = Catalogue
index = Search index
segments = segments
uploads-held = Uploads in memory
positions = Up to date
positions-hint = How many of the recorded facts the catalogue and the search know already.
in-the-index = Items that can be searched
self-audit = Self-audit
self-audit-hint = The archive checks by itself, a little at a time, that all is as it was recorded.
last-checked = Last check
checked = Checked since the start
not-right = Not right
mended = Mended
not-yet = not yet
version = Version
ago-seconds = { $count ->
    [0] just now
    [one] a second ago
   *[other] { $count } seconds ago
}
ago-minutes = { $count ->
    [one] a minute ago
   *[other] { $count } minutes ago
}
ago-hours = { $count ->
    [one] an hour ago
   *[other] { $count } hours ago
}
ago-days = { $count ->
    [one] a day ago
   *[other] { $count } days ago
}
add-user = Add a user
change-user = Change the user { $value }
search-users = Search by name or role
further-users = More users
users-found = { $count ->
    [0] No users
    [one] { $count } user
   *[other] { $count } users
}
switched-off = switched off
full-name = First and last name
user-name-hint = To sign in with: letters without accents, digits, dot and hyphen. It never changes.
tax-code-hint = Needed for citizens: dossiers are known by the tax code. It never changes.
roles = Roles
new-password = New password
password-hint = At least 8 characters. Programs need none.
new-password-hint = At least 8 characters. Leave it empty to keep the old one.
may-sign-in = May sign in
yes = yes
no = no
user-is-now = This is how it is now
user-what-now = What you had chosen is still here below, but for the password: if it is still right, keep it.
keep-changes = Save
no-offices = There are no offices yet.
add-office = Add an office
office-code-hint = Short, without accents and blanks, for instance edilizia. It never changes.
office-above = Office to which it belongs
search-scheme = Search the classification scheme
no-such-class = No class has these words in it.
classes-shown = classes found
tokens-lead = With a token a program works with the archive without a password. Every token belongs to a user and can be revoked.
tokens-given = Tokens there are
no-tokens = There are no tokens yet.
make-token = Make a token
token-made = Token made for { $value }
token-once = Copy it now: it is not shown again.
token-secret = The token
token-for = For which user
token-name = What for
choose = Choose
scopes = What it may do
scopes-hint = For users whose role is program alone: a person may do what the person may.
scope-read = read
scope-register = register
scope-dossiers = work on dossiers
scope-act-for-citizen = act for a citizen
revoked = revoked
revoke = Revoke
revoke-token = Revoke the token
revoke-hint = The program that uses it can no longer sign in. There is no way back.
wrong-at-least-one-role = Choose at least one role
wrong-missing-a-citizen-is-known-by-the-tax-code = Needed: a citizen is known by the tax code
wrong-missing-an-officer-works-in-at-least-one-office = Choose at least one office: officers and managers work in one
wrong-the-last-administrator-must-stay-one = This is the last active administrator and must stay one
wrong-a-persons-token-may-do-what-the-person-may-leave-them-out = A person's token may do what the person may: choose nothing

open-register = Open a register
open-register-do = Open a register
change-register = Register { $value }
register-general = general register
register-special = special register
register-code-hint = Short, such as DEC: letters, digits, dot and dash, at most 16. It stands in the mark and never changes.
register-is-special = Special register: it numbers documents of one kind, also without senders and recipients
register-fields = Fields of its own
register-fields-hint = What is asked for besides subject, class and document. Empty the name to take a field away: entries that have it keep it.
register-field = Field
register-field-title = Name of the field
register-field-shape = What it holds
register-field-choices = Values to choose from, parted by commas
register-field-required = required
register-fields-count = { $count ->
    [one] one field of its own
   *[other] { $count } fields of its own
}
shape-text = text
shape-date = date
shape-integer = whole number
shape-number = number
shape-yes-or-no = yes or no
shape-choice = one of some values
register-exempt = Kinds of document that are exempt from registration
register-exempt-hint = One a line, such as official gazette, statistics, invitation. Nothing of these kinds is registered here.
register-is-closed = Closed: it registers nothing any more
register-reason = Why it is closed or opened again

## Who may do what
who-may-read = It is read by those to whom it is assigned or shown.
who-may-register = Incoming documents are registered by the registry office, outgoing and internal ones by officers too.
who-may-annul = Entries are annulled by the registry office.
who-may-classify = The registry office, archivists and officers to whom the entry is assigned classify and assign it.
who-may-answer = An assignment is answered by the person, or whoever works in the office, to whom it is given.
who-may-read-inbox = Assignments are for those who work here.
who-may-add-document = The registry office and officers to whom the entry is assigned add documents and links.
who-may-add-version = New versions are added by who works on the document or created it.
who-may-bring-in = Documents are brought in by the registry office and officers.
who-may-keep-dossiers = The registry office and officers of the offices that keep them work on dossiers.
who-may-close-dossiers = Archivists and officers who keep them close and reopen dossiers.
who-may-keep-desk = Saved searches are for those who sign in themselves.
who-may-look = This is for everybody with an account.
who-may-read-users = The list of users is for those who work here.
who-may-administer = These pages are for administrators.
who-may-read-access-log = The access log is for auditors.
who-may-read-registers = The registers of days and years are for the registry, archivists and auditors.
## Registering
filing-file-incoming = Register an incoming document
filing-file-outgoing = Register an outgoing document
filing-file-internal = Register an internal document
filing-registered = Registered
emergency-number = Emergency register
imported-from = Imported from
imported-class = Class of then
imported-assigned = Assigned then to
imported-dossier = Dossier of then
imported-received = Received
imported-id = Identifier of then
imported-notes = Notes of then
filing-registered-as = Registered with the number
filing-already = This form is registered already, with the number
filing-already-how = Sent again as it was, it stays that one entry. For another document open a new form.
filing-new-form = Open a new form
filing-open-entry = Open the entry
filing-print-label = Print the label
filing-next-is-ready = The form for the next document is ready below.
filing-register = Register
filing-file-more = Kind and description
filing-file-kind = Kind of document
filing-take-in-files = Take the files in and describe the attachments
filing-into-dossier = Dossier (optional): code or words
filing-documents = Document and attachments
filing-document = Document
filing-other-document = Another document in its place
filing-attachment = Attachment
filing-attachments = Attachments
filing-drop-files = Drop files here, or choose them. The first is the document, the others are attachments.
filing-choose-files = Choose files
filing-remove-file = Remove
filing-file-up = Move up
filing-file-removed = removed
filing-upload-waiting = It will be registered as soon as the files are uploaded.
filing-uploaded = uploaded
filing-upload-failed = not uploaded
filing-upload-again = Try again
filing-upload-session-ended = The session has ended. Press Register: you sign in again and keep your texts; files not uploaded must be chosen again.
filing-duplicate = The same content is already registered:
filing-file-empty = Note: the file is empty.
filing-file-twice = Note: the same file is in this list already.
filing-proposed-like = Proposed, as for entry { $value }: change it if it does not fit.
filing-suggestions-found = suggestions: choose with the arrows
filing-suggestions-none = No suggestions
filing-no-class = No class has these words. Type other words or the code, such as 6.3.
filing-sender = Sender
filing-correspondents = Senders and recipients
filing-one-more-sender = Add a sender
filing-one-more-correspondent = Add a recipient
filing-as-what = As
filing-as-sender = sender
filing-as-recipient = recipient
filing-as-copy = copy
filing-who-name = Name
filing-who-kind = Who it is
filing-who-more = Tax code, certified mail, e-mail, address
filing-kind-person = person
filing-kind-business = business
filing-kind-administration = administration
filing-tax-code = Tax code or VAT number
filing-pec = Certified mail (PEC)
filing-email = E-mail
filing-address = Address
filing-remove-row = Remove this row
filing-what-it-is-about = Subject and classification
filing-class-of-scheme = Class of the scheme
filing-class-how = code or words
filing-assignments = Assignment
filing-given-to = To whom
filing-given-to-nobody = nobody, for now
filing-given-mode = Why
filing-mode-responsible = to act
filing-mode-information = to know
filing-one-more-assignment = Add an assignment
filing-offices = Offices
filing-people = People
filing-received = Receipt
filing-received-on = Received on
filing-channel = How it came
filing-channel-counter = by hand, at the counter
filing-channel-post = by post
filing-channel-email = by e-mail
filing-channel-pec = by certified mail (PEC)
filing-channel-portal = from the portal
filing-channel-interoperability = from another administration, by interoperability
filing-channel-internal = from inside
filing-received-more = Sender’s number, deferred registration
filing-their-number = Sender’s number
filing-their-date = Date of the sender’s document
filing-deferred-reason = Why it is registered later (deferred registration)
filing-keeping = Keeping
filing-location-of-paper = Where the paper is
filing-link = Link to an earlier entry
filing-linked = Number of the earlier entry
filing-make-confidential = Confidential: seen only by who registers it and by those to whom it is assigned
filing-register-it = Register
filing-enter-key = Enter
filing-label = Label
label-annulled = ANNULLED
filing-label-how = Only the label is printed. Without the button, use Ctrl + P.
seven-digits = The seven digits that the law asks for (DPR 445/2000, art. 57) stand in the mark, at the bottom.
filing-label-on-sheet = On an A4 sheet
filing-label-on-roll = On a 62 mm roll
filing-label-pdf = PDF for label printers
filing-label-pdf-sheet = PDF of the sheet
filing-label-place = Free place on the sheet of 24 labels, counted row by row
filing-label-code = QR code with the mark { $value }
filing-print = Print
field-subject = Subject
field-year = Year
field-from = From
field-cursor = Page of the list
field-register = Register
field-language = Language
field-who-name = Name
field-who-tax-code = Tax code or VAT number
field-who-address = Address
field-class = Class of the scheme
field-location = Where the paper is
field-document = Document
field-file = File
field-dossier = Dossier
field-document-kind = Kind of document
field-document-description = Description of the document
field-attachment-kind = Kind of attachment
field-attachment-description = Description of the attachment
field-attachment = Attachment
field-deferred-reason = Deferred registration
field-title = Title
field-reason = Reason
field-name = Name
field-full_name = Full name
field-procedure = Procedure
field-classification = Class of the scheme
field-party_name = Party
field-party_tax_code = Party’s tax code
field-tax_code = Tax code
field-code = Code
refused-missing = This is needed.
refused-date = Write a date such as 20/11/2026.
refused-class = Choose a class of the scheme, by its code or by words that only it has.
refused-classes = Several classes have these words: choose the right one.
refused-file-lost = The file did not arrive: choose it again.
refused-lines = It must be one line.
refused-control = It holds control characters: type it by hand.
refused-file-name = The file’s name holds a path: rename it.
refused-nobody = Name at least one sender or recipient.
refused-tax-code = 16 letters and digits for a person, 11 digits for a business.
refused-received = Only what is incoming is received.
refused-future = This day has not come yet.
refused-past = This is before 1900.
refused-after-receipt = This is after the day of receipt.
refused-no-document = Choose the document: only paper that came by hand or by post is registered without.
refused-assignment = Choose an office or a person.
refused-assigned-twice = It is assigned above already: name each office and person once.
refused-long = At most { $value } characters.
refused-many = At most { $value }.
refused-staff = { $value } does not work here.
refused-forgotten = The file is no longer kept here: choose it again.
refused-number = Write a whole number.
refused-cursor = This page of the list is not there any more: go back to its beginning.
refused-forms = This address takes forms: go back to the page and use its buttons.
refused-one-of = One of these values: { $value }.
refused-methods = Here one can only: { $value }.
refused-user-there = There is a user { $value } already: choose another name.
refused-office-there = There is an office { $value } already: choose another code.
refused-tax-code-there = This tax code is the user { $value }’s already.
refused-item-there = It is in the dossier already, at number { $value }.
refused-searches-full = You have { $value } saved searches already: delete one first.
## Register list
filter-list = Filter the list
words = Words (opens the search)
all = All
all-entries = Show all
from-day = From day
to-day = To day
no-entries = No entries.
assign-ticked = Assign the ticked entries
none-ticked = none ticked
one-ticked = 1 ticked
many-ticked = ticked
assign-to = To whom
assign-for = What for
nobody = Nobody
assign = Assign
assign-nothing-ticked = Tick at least one entry.
assign-nobody-chosen = Choose to whom to assign.
mode-responsible = to act
mode-information = for information
tick = Tick
tick-all = Tick all
tick-entry = Tick { $value }
people = People
pages = Pages of the list
newest = The newest
older = Older
assigned-count = { $count ->
    [one] { $count } entry assigned to
   *[other] { $count } entries assigned to
}
not-assigned-count = { $count ->
    [one] { $count } entry was not assigned:
   *[other] { $count } entries were not assigned:
}
file-ticked = File the ticked entries into a dossier
file-them = File them
no-dossier-named = Type the code of the dossier.
filed-count = { $count ->
    [one] { $count } entry filed into the dossier
   *[other] { $count } entries filed into the dossier
}
not-filed-count = { $count ->
    [one] { $count } entry was not filed:
   *[other] { $count } entries were not filed:
}
filed-before = The dossier holds it already

## Entry
mark = Mark
mark-xml = Download Segnatura.xml
registration = Registration
registered = Registered
by = by
location = Where the paper is
correspondents = Senders and recipients
no-documents = No document: the scan is still to come.
confidential-stub = This entry is confidential: you may see its number and date alone. Those to whom it is assigned deal with it.
assigned-to-nobody = nobody
annulled-on = Annulled on
annulled-act = Act no.
of-day = of
received-on = Received on
received-channel = Came by
received-number = Sender’s number
received-date = Sender’s date
received-deferred = Why registered later
channel-counter = counter
channel-post = post
channel-email = e-mail
channel-pec = certified mail
channel-portal = portal
channel-interoperability = interoperability
channel-internal = internal delivery
correspondent-sender = sender
correspondent-recipient = recipient
correspondent-copy = copy
correspondent-kind-person = person
correspondent-kind-business = business
correspondent-kind-administration = administration
work-with-it = Actions and history
what-to-do = Actions
history = History
it-was = before:
history-entry-registered = Registered
history-entry-imported = Imported from another system
history-entry-annulled = Annulled
history-entry-fields-annulled = Facts annulled and given anew
history-entry-linked = Linked to another entry
history-entry-message-kept = Message between registries
history-entry-classified = Classified
history-entry-assigned = Assigned
history-entry-document-added = Document added
do-assignments = Assign
do-classification = Classify
do-annulment = Annul the entry
do-annulment-subject = Annul and correct the subject
do-annulment-correspondents = Annul and correct senders and recipients
do-annulment-received = Annul and correct how it came
do-documents = Add a document
do-dossiers = File into a dossier
done-assignments = Assignment saved.
done-classification = Classification saved.
done-annulment = The entry is annulled. It stays readable.
done-annulment-of-part = Corrected: what was annulled stays readable.
done-documents = Document added.
done-dossiers = Filed into the dossier.
done-document-created = Document uploaded.
done-version-added = Version added. Those before it stay.
changed-meanwhile = Somebody changed it meanwhile
changed-what-now = This is how it is now. What you typed is still below: check it, and confirm if it still holds.
changed-nothing-left = There is nothing left to confirm: look at the entry.
assign-help = Say who has to act, and who is to be informed. To take somebody out choose “Nobody”.
assignment = Assignment
annul-help = An annulled entry stays readable, with reason and act, and cannot be changed any more. Its number is not used again.
annul-reason = Reason
annul-act = Act that authorises the annulment
act-number = Number of the act
act-date = Date of the act
add-help = Add what was missing, such as the scan of a paper. What is there does not change.
file = File
file-is-here = Uploaded already:
description = Description
dossier-code = Code of the dossier
show-to-parties = Show it to the parties of the dossier
cancel = Leave as it is
see-entry = See the entry
wrong-assignments = Choose each office or person once, among those listed.
wrong-classification = Choose a class of the scheme.
wrong-reason = Say why it is to be annulled.
wrong-act-number = Give the number of the act.
wrong-act-date = Give the date of the act, not one to come.
wrong-file = Choose the file to add.
wrong-code = Check the code of the dossier.
wrong-dossier-unknown = There is no dossier with this code, or you may not see it.
wrong-dossier-forbidden = The office that keeps this dossier files into it.
wrong-dossier-closed = This dossier is closed: it has to be reopened first.

annul-what = What is annulled
annul-whole = The whole entry
annul-subject = The subject alone
annul-correspondents = Senders and recipients alone
annul-received = How it came alone
annul-part-help = The entry stays valid: what was written stays readable beside what you write now, with reason and act.
annul-new-subject = Right subject
correspondent = Sender or recipient
annulled-part-subject = Subject annulled
annulled-part-correspondents = Senders and recipients annulled
annulled-part-received = How it came, annulled
linked-to = Links
relation-answers = answers
relation-answered-by = was answered by
relation-follows = follows
relation-followed-by = is followed by
relation-corrects = corrects
relation-corrected-by = is corrected by
do-links = Link to another
done-links = Link added.
link-help = The link is seen from both entries and cannot be taken away.
link-how = This entry
link-which = Number of the other entry

## Inbox
menu-inbox = Assignments
menu-waiting = { $count } to take on
inbox-states = Where they stand
inbox-waiting = To take on
inbox-accepted = Being worked on
inbox-returned = Sent back
inbox-done = Done
inbox-of = Whose
inbox-of-me = Mine and my offices’
inbox-due = Due
inbox-due-any = Any
inbox-due-overdue = Overdue ({ $count })
inbox-due-week = Within seven days
inbox-empty = There is nothing here.
inbox-with-ticked = With those ticked
inbox-reason = Why it is sent back
inbox-nothing-ticked = Tick at least one row.
inbox-nobody-chosen = Choose to whom they are reassigned.
inbox-no-reason = Write why they are sent back.
inbox-nothing-chosen = Choose what to do.
inbox-work-invalid = This cannot be done: tick at most 200 rows and make the reason shorter.
inbox-doing = Working:
inbox-broke-off = Broken off: what is listed below is done, the rest is not. Go back to the list and try again.
inbox-first = From the start
inbox-next = Next
inbox-outcome = Outcome
inbox-done-count = { $count ->
    [one] 1 assignment: done.
   *[other] { $count } assignments: done.
}
inbox-refused-count = { $count ->
    [one] 1 assignment: not done.
   *[other] { $count } assignments: not done.
}
inbox-item-done = done
inbox-item-refused = not done
inbox-urgent = To take on
inbox-all = { $count ->
    [0] Open the assignments
    [one] 1 to take on
   *[other] All { $count } to take on
}
inbox-overdue-count = { $count } overdue
inbox-returned-count = { $count } sent back, to reassign
answer-accepted = Take on
answer-done = Done
answer-returned = Send back
answer-reopened = Reopen
answer-reassigned = Reassign
answered-accepted = taken on
answered-done = done
answered-returned = sent back
answered-reopened = reopened
do-answers = Send back
answers-help = The assignment goes back to whoever gave it and to the registry, who read the reason.
done-answers = The assignment is up to date.
history-assignment-answered = Assignment
standing-waiting = given by { $value }
standing-accepted = { $value } works on it
standing-returned = sent back by { $value }
standing-done = done by { $value }
due = Due
due-on = by { $value }
due-today = due today
due-tomorrow = due tomorrow
due-in-days = due in { $count } days
due-days-ago = { $count ->
    [one] 1 day overdue
   *[other] { $count } days overdue
}
assignment-due = To be done by
assignment-note = What is to be done
assignment-more = Due date and instructions
## Documents
fingerprint = Fingerprint (SHA-256)
page-count = { $count ->
    [one] { $count } page
   *[other] { $count } pages
}
text-full = text readable
text-partial = text in part
text-none = no text
text-pending = text being read
reason-awaiting-recognition = pages are images that wait to be recognised
reason-broken = the file is damaged
reason-crashed = the file could not be read
reason-cut = the text is longer than is kept for search
reason-doubtful = some of the text is perhaps not what the pages show
reason-empty = the document holds no text
reason-encrypted = the file asks for a password
reason-format-not-read = this format is not read
reason-nested-too-deeply = parts of the file contain each other too deeply
reason-no-text = no letters were found on the pages
reason-no-text-layer = the pages are images
reason-not-started = reading could not be started
reason-out-of-memory = reading took too much memory
reason-pages-left-out = only the first pages were read
reason-timeout = reading took too long
reason-too-large = the file is too large
reason-unreadable = the content could not be read
signed-by = Signed by
signer-unknown = signer not named
signed-intact = content intact
signed-altered = content altered
signed-unchecked = not checked
signed-followed = something was added to the file after signing
certified-by = certificate by
old-version = This is version { $value }, not the newest.
see-newest = Go to the newest
viewer = The document’s pages
viewer-tools = Reading tools
viewer-pages = Pages
viewer-failed = The pages of this file cannot be shown. You can download it, or read its text below.
page-name = Page
page-of = of
page-previous = Previous page
page-next = Next page
zoom-in = Zoom in
zoom-out = Zoom out
zoom-fit = Fit
picture-of = Picture: { $value }
text-extracted = Text of the document
text-nothing = There is no text to read here. Download the document.
text-before = Part before
text-after = Go on
about-document = About the document
format = Format
size = Size
arrived = Taken in
signatures = Signatures
said-by-file = What the file says
parts-of-file = What the file contains
versions = Versions
new-version = A new version
version-came-meanwhile = This is the newest version, which came meanwhile. Your file is uploaded already and can still be added:
add-version = Add the version

## Search
search-what = What to look for
order = Order
order-relevance = Best match
order-newest = Newest
order-oldest = Oldest
filters-in-force = Filters in force
without-filter = Without the filter { $value }
at-least = At least
nothing-found = Nothing found. Try fewer words, or take a filter away.
kind-entry = entry
kind-document = document
kind-dossier = dossier
kind-case = case
state-annulled = annulled
facet-kind = What
facet-year = Year
facet-direction = Direction
facet-office = Office
facet-classification = Class
facet-state = State
narrow = Narrow the search
over-time = Over time
since-day = from { $value }
until-day = to { $value }
more-results = More results
more-shown = More results were added to the list.
beside-results = Preview and saved searches
preview = Preview
preview-shown = Preview shown beside the results.
preview-failed = The preview is not available: open the result.
open = Open
close = Close
save-search = Save this search
save-search-name = Name
save-search-wrong = Give a name of at most 200 characters.
save = Save
saved-searches = Saved searches
saved-new = { $count } new
saved-see = See the results and mark them as seen
saved-remove = Delete the search { $value }
recent-searches = Recent searches
recent-forget = Forget recent searches
search-tips = How to search
tip-words = Type the words you remember: subjects, names and the text of documents are searched.
tip-phrase = An exact phrase, in quotes:
tip-number = An entry by number:
tip-sender = A sender:
tip-without = Without a word:
note-unknown-field = There is no such field: it was searched as a word.
note-bad-value = A value is not allowed: it was searched as a word or left out.
note-query-bounded = The search is too long or too slow: results may be incomplete.
note-prefix-too-short = At least two letters are needed before * and ?: the word was searched without.
note-nothing-to-search = There is no word in the query that could be searched.
note-read-as = A part of the search was read as a number, date, code or range.
note-query-rewritten = Nothing was found as written: similar spellings were included.
note-words-missing = No result holds all of the words: these hold most of them.
note-did-you-mean = Did you mean
note-synonyms = Synonyms were looked for as well.
note-texts-missing = The text of some documents cannot be read, or not yet: they are found by their other words alone.
note-facet-cut = The values at the side are the most frequent ones only.
note-histogram-coarsened = Stretches of time were made longer.
note-index-behind = The very newest can be searched in a moment.
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sep
month-10 = Oct
month-11 = Nov
month-12 = Dec

# The first page, and what is at hand
assigned-to-us = Assigned to me and my offices
nothing-assigned = Nothing is assigned.
all-assigned = { $count ->
    [one] Show the entry
   *[other] Show all { $count } entries
}
starred = Starred
opened-lately = Opened lately
give-star = Star
take-star-away = Take the star away

## Metadata
metadata = Metadata
metadata-what = The data that Allegato 5 of the AgID guidelines wants beside a document or dossier, for instance when it is handed over for preservation. They are those that the archive knows now.
metadata-download = Download the metadata (XML)
metadata-whole = Nothing that is mandatory is missing.
metadata-missing = Still missing
metadata-missing-what = The rules make it mandatory and the archive does not know it. The file can be downloaded all the same, but whoever receives it may refuse it.
metadata-left-out = Left out
metadata-identifier = The identifier.
metadata-mark = The mark of the registered document.
metadata-kind = The kind of the document (application, invoice, resolution…): nobody has said it.
metadata-register-code = The code of the register: it is longer than 16 characters, or has others than it may have.
metadata-number = The registration number, of at least seven digits.
metadata-registering-body = The administration that registers.
metadata-author = The author or the sender: neither is known.
metadata-name = The name of one of those who take part.
metadata-given-name = The given name of a person, apart from the family name: only the whole name is known.
metadata-person-tax-code = The tax code of a person: the one given is not a person’s.
metadata-vat-number = The tax code of a business or body: it does not have eleven digits.
metadata-body-code = The IPA code of an administration.
metadata-body-as-business = The IPA code of an administration one writes with: without it, it stands there as a legal person.
metadata-office-code = The IPA code of an office (organisational unit).
metadata-office = The office for which a person acts.
metadata-address = The digital address (PEC) of an administration.
metadata-subject = The subject.
metadata-keywords = The keywords after the fifth.
metadata-attachments = The attachments after number 9,999.
metadata-attachment-description = The description of an attachment.
metadata-classification = The classification.
metadata-class-name = The name of the class in the classification scheme.
metadata-format = The format of the file.
metadata-signatures = Whether it is signed: the document has not been read yet, try again in a while.
metadata-aggregation = The dossier: the document is in no dossier that you may read.
metadata-file-name = The name of the file.
metadata-changes = Who annulled or changed the document, and when.
metadata-retention = The retention: it must be between 1 and 9,999 years.
metadata-dossier-kind = The kind of dossier: of an affair, an activity, a person, a business or a procedure.
metadata-owner = The administration that holds the dossier.
metadata-assignment = The assignment: no office keeps the dossier.
metadata-ordinal = The number of the dossier within its class and year.
metadata-closing = The day on which the dossier was closed.
metadata-responsible = Who is responsible for the procedure.
metadata-procedure = The procedure to which the dossier belongs.
metadata-procedure-name = The name of the procedure.
metadata-procedure-matter = The matter, topic or structure of the procedure.
metadata-procedure-catalogue = The address of the catalogue of procedures.
metadata-party-kind = A party without a tax code: whether it is a person or a business is not known.
metadata-withheld = The documents of the dossier that you may not see.
metadata-item-without-document = An entry in the dossier that still waits for its document.

# Messages between registries
messages = Messages between registries
messages-what = What the registries of administrations write each other about this entry. Messages are written and kept here; they are sent by certified mail.
received-mark = Received mark
received-mark-number = Registered by the sender as
received-mark-sound = The documents match the mark.
received-mark-wrong = Something does not match: an exception can be notified.
seal = Seal
seal-missing = missing
seal-intact = intact
seal-altered = does not match
seal-unchecked = not checked
marked-matches = matches
marked-differs = another fingerprint
marked-missing = did not come
marked-unchecked = not checked
no-messages = No messages so far.
message-confirmation = Confirmation of receipt
message-update = Update of the confirmation
message-exception = Notification of an exception
message-annulment = Annulment of the registration
message-way-received = received
message-way-written = written
message-write = Write the message
message-what = Message
message-anomaly = Anomaly (exceptions only)
message-anomaly-none = No code: I describe it
message-text = Description (exceptions only)
message-keep = Keep a received message
message-file = XML file of the message
done-message-written = The message is written and kept: download it and send it by certified mail.
done-message-received = The message is kept.
anomaly-000_Irricevibile = 000 Not receivable
anomaly-001_ValidazioneFirma = 001 Seal of the mark not valid
anomaly-002_AnomaliaImpronte = 002 Fingerprints differ
anomaly-003_DocumentoAllegatiNonLeggibili = 003 Document or attachments not readable
anomaly-004_DocumentoAllegatiErroreValidazioneFirma = 004 Signature of the document or attachments not valid
anomaly-005_DocumentoAllegatiErroreVaidazioneMarcaTemporale = 005 Time stamp not valid
anomaly-006_DocumentoAllegatiErroreValidazioneSigillo = 006 Seal of the document or attachments not valid
anomaly-007_ErroreIdentificatoreNonTrovato = 007 Identifier not found
sends-registers-register-entries-year-number-messages = Write a message about entry { $value }
sends-registers-register-entries-year-number-messages-received = Keep a received message about entry { $value }
field-anomaly = Anomaly
field-text = Description
wrong-a-mark-is-no-message-it-comes-with-the-document-that-it-marks = is a mark, not a message: it is registered with its document
wrong-is-about-no-entry-of-this-archive-that-you-may-read = is about no entry of this archive that you may read
wrong-missing-say-what-is-wrong-by-a-code-or-in-words = choose a code or say what is wrong
field-message = Message
# Registers of days and years
daily-registers = Daily registers
daily-registers-what = Every night the program forms the register of the day that is over: it is a document of the archive and never changes again.
daily-registers-none = No register has been formed in this month yet.
daily-register-of-today = Today’s register, provisional
daily-register-of = Daily register of { $value }
yearly-registers = Yearly registers
yearly-registers-none = The yearly register is formed after 31 December.
yearly-register-of = Yearly register { $value }
register-number = Number of the register
register-id = Identifier
register-formed-at = Formed on
register-about = About this register
register-provisional = Provisional.
register-provisional-what = The day is not over, or the register is still to be formed: the files change until then.
register-provisional-year = The year is not over, or the register is still to be formed. The PDF is made at the end of the year.
register-no-entries = Nothing was registered on this day.
register-no-changes = Nothing was changed.
register-latest = Latest daily register
first-and-last = First and last number
annulled-of-these = Of these annulled
changes-of-earlier = Changes to earlier entries
register-files = Files
register-months = Months
month-before = Month before
month-after = Month after
from-the-beginning = From the beginning
more-entries = More entries
register-hour = Time
register-when = When
register-done = What was done
register-before = Before
register-after = After
register-volume = volume
register-not-final = provisional
register-entries-count = { $count ->
    [one] 1 entry
   *[other] { $count } entries
}
change-annulled = Annulment
change-facts-annulled = Annulment of facts
change-classified = Classification
change-assigned = Assignment
change-document-added = Document added
change-linked = Link
change-other = Other change
status-register-late = The daily register of { $value } is not formed yet: that is done in the background. If it stays so for hours, look into the log of the program.
# Classification scheme: versions, new versions from a file.
called-now = now: { $value }
kept-for-ever = kept for ever
kept-years = { $count ->
    [one] kept one year
   *[other] kept { $count } years
  }
kept-unsaid = retention not given
class-number = Class no. { $count }
scheme-new = New version of the scheme
scheme-new-hint = Prepare the file with a spreadsheet: download the scheme as CSV, change it and upload it here. Before it is adopted you see what changes.
scheme-version = Version
scheme-versions = Versions
scheme-in-force-from = in force from { $value }
scheme-in-force-until = until { $value }
scheme-download-csv = Download as CSV
scheme-download-xml = Download as XML
scheme-first-day = In force from
scheme-file = CSV or XML file
scheme-file-hint = Columns of the CSV: code, title, retention_years (9999: for ever), notes.
scheme-look = Show what changes
scheme-what-changes = What changes
scheme-classes = { $count ->
    [one] one class
   *[other] { $count } classes
  }
scheme-no-change = Nothing changes.
scheme-added = { $count ->
    [one] One new class
   *[other] { $count } new classes
  }
scheme-withdrawn = { $count ->
    [one] One class withdrawn
   *[other] { $count } classes withdrawn
  }
scheme-withdrawn-hint = They can no longer be chosen. Entries and dossiers that have them keep them.
scheme-retitled = { $count ->
    [one] One class is renamed
   *[other] { $count } classes are renamed
  }
scheme-retention = { $count ->
    [one] Retention changes for one class
   *[other] Retention changes for { $count } classes
  }
scheme-notes = { $count ->
    [one] Notes change for one class
   *[other] Notes change for { $count } classes
  }
scheme-adopt-hint = It comes into force by itself on { $value }. What is classified already stays as it is.
scheme-adopt = Adopt this version
scheme-other-file = Choose another file
version-state-waiting = waiting
version-state-in-force = in force
version-state-past = superseded
version-state-replaced = replaced before it came into force
sends-classification-schemes = Adopt a version of the scheme
field-scheme-file = File
field-valid_from = From
field-valid_until = Until
refused-retention = From 1 to 9999 years; 9999 means for ever.
refused-class-twice = The code { $value } is there twice.
refused-class-above = The class above it, { $value }, is missing.
refused-no-column = I do not know what is in the column { $value }: call the columns code, title, retention_years, notes.
refused-column-twice = The column { $value } is there twice.
refused-column-missing = The column { $value } is missing.
wrong-a-day-that-is-over-a-version-is-in-force-from-today-or-a-later-day-on = Choose today or a day to come
wrong-missing-from-which-day-is-it-in-force = Write from which day it is in force
wrong-missing-a-scheme-has-at-least-one-class = There is no class in the file
wrong-choose-the-file-again = Choose the file again
wrong-line-n-not-a-class-code-such-as-n = Line { $value } the code is not like 6.3
wrong-not-a-class-code-such-as-n = The code is not like 6.3
wrong-line-n-a-whole-number-of-years-n-for-ever = Line { $value } years are a whole number, 9999 for ever
wrong-a-whole-number-of-years-n-for-ever = Years are a whole number, 9999 for ever
wrong-line-n-has-another-number-of-cells-than-the-heading = Line { $value } has another number of cells than the heading
wrong-no-heading-the-first-line-names-the-columns = The heading is missing: the first line names the columns
wrong-its-letters-are-no-n-from-byte-n-on-save-it-again-as-n = The letters of the file cannot be read: save it again as CSV UTF-8
wrong-its-letters-are-not-written-in-the-encoding-it-begins-with = The letters of the file cannot be read: save it again as CSV UTF-8
wrong-at-most-n-bytes = At most { $value } bytes
wrong-at-most-n-classes = At most { $value } classes
wrong-the-scheme-is-so-already-on-that-day = On that day the scheme is so already.
wrong-unknown-attribute = Unknown attribute: { $value }
wrong-unknown-element = Unknown element: { $value }

# Offices in time.
office-state-open = open
office-state-future = not open yet
office-state-ended = ended
office-is-now = As it is now
office-holds = What it has now
office-holds-entries = { $count ->
    [one] one entry assigned
   *[other] { $count } entries assigned
  }
office-holds-dossiers = { $count ->
    [one] one open dossier
   *[other] { $count } open dossiers
  }
office-holds-users = { $count ->
    [one] one person
   *[other] { $count } people
  }
office-holds-offices = { $count ->
    [one] one office below
   *[other] { $count } offices below
  }
office-above-hint = Who belongs to an office works in those below it, too.
office-first-day = First day
office-last-day = Last day
office-last-day-hint = After that day it takes nothing new and keeps what it has. To open it again, take the date away.
office-ipa = Office code (IPA)
office-ipa-hint = Metadata need it. It stands in the index of public administrations.
office-former-names = Earlier names
office-until = until { $value }
sends-offices-code = Change the office { $value }
field-ipa = Office code (IPA)
field-pec = Certified e-mail
field-email = E-mail
refused-ipa = Not a code of the IPA: letters, digits, hyphens and full stops.
refused-outlived = First end or move the offices below: { $value }.
refused-office-ended = The office { $value } has ended: choose another.
refused-office-future = The office { $value } is not open yet: choose another.
wrong-an-office-cannot-stand-below-itself = An office cannot stand below itself
wrong-ends-on-n-before-this-office-choose-another = That office ends before this one: choose another
wrong-before-the-first-day = It is before the first day
wrong-not-an-email-address = Not an e-mail address
wrong-only-an-administration-has-codes-of-the-ipa = Only an administration has codes of the IPA

# Absences and substitutes.
menu-absences = Absences
own-absences = My absences
absences-of = Absences of { $value }
absences-hint = On the days of absence the substitute also works on what is assigned to the absent person and their offices, under his own name. It ends by itself. The reason is not written down.
no-absences = No absences.
record-absence = Record an absence
absence-from = First day of absence
absence-until = Last day of absence
absence-substitute = substitute: { $value }
absence-nobody = no substitute
absence-end = End now
absence-end-of = End now the absence from { $value }
absence-state-coming = to come
absence-state-now = now
absence-state-over = over
substitute = Who stands in
substitute-nobody = Nobody
substitute-hint = Must work as an officer and not be away on the same days.
standing-in-for = You stand in for { $value }
standing-in-until = until { $value }.
given-name = Given name
family-name = Family name
family-name-hint = Given and family name, told apart, are needed in the metadata of documents.
sends-users-name-absences = Record an absence of { $value }
sends-users-name-absences-absence = End an absence of { $value }
field-away_from = First day of absence
field-away_until = Last day of absence
field-substitute = Who stands in
field-given_name = Given name
field-family_name = Family name
wrong-a-day-that-is-over = It is a day that is over
wrong-at-most-n-days = At most { $value } days
wrong-away-already-from-n-to-n-end-that-first = There is an absence on those days, from { $value }: end it first
wrong-nobody-stands-in-for-himself = Nobody stands in for himself
wrong-is-no-officer-and-cannot-do-an-officers-work = Is no officer: cannot do this work
wrong-is-away-from-n-to-n-choose-another = Is away as well, from { $value }: choose another
wrong-the-absence-is-over-already = The absence is over already.

# IPA codes of an administration.
filing-ipa = IPA codes
filing-ipa-hint = Of an administration, the IPA codes name it beyond doubt in mark and metadata.
filing-ipa-body = IPA code
filing-ipa-area = Area code (AOO)
filing-ipa-unit = Office code
field-who-ipa-body = IPA code
field-who-ipa-area = Area code (AOO)
field-who-ipa-unit = Office code
back-to-list = Back to the list
field-operator = Who registers

# Emergency registers that come home
emergency-home = Bring an emergency register home
emergency-what = The file that the computer of the emergency kept with “tabularium emergency”. Each of its lines gets its ordinary number and keeps its own beside it (DPR 445/2000, art. 63). Brought home twice it is registered once.
emergency-file = File of the emergency register
emergency-class = Class for lines that have none
emergency-class-none = None: each line has its own
emergency-class-hint = In an emergency the class may be missing.
emergency-send = Bring home and register
emergency-refused = The file was not taken: nothing was registered.
emergency-registered = { $count ->
    [one] One line was registered.
   *[other] { $count } lines were registered.
}
emergency-nothing-new = All of it had come home before: nothing new to register.
emergency-not-closed = The emergency register is not closed yet: bring the file again after it is.
emergency-overlaps = Its time overlaps that of another emergency register that came home before.
emergency-numbers = Emergency numbers and ordinary numbers
emergency-ordinary = Ordinary number
emergency-days = Entries by day
emergency-another = Bring another file
wrong-is-larger-than-any-such-file = is too large for such a file
sends-registers-register-emergency = Bring an emergency register home into { $value }
wrong-line-n-the-line-before-it-is-not-the-one-that-was-written-it-was-altered = Line { $value } the one before it is not the one that was written: the file was altered
wrong-line-n-an-emergency-register-begins-with-its-cause-and-act = Line { $value } an emergency register begins with its cause and act: this is no such file
wrong-line-n-there-is-no-line-in-it = The file is empty
wrong-line-n-it-stands-behind-the-end-of-the-register = Line { $value } it stands behind the end of the register
wrong-line-n-its-time-is-before-that-of-the-line-before-it = Line { $value } its time is before that of the line before
wrong-line-n-a-register-begins-once = Line { $value } a register begins once
wrong-line-n-its-counts-by-day-are-not-those-of-the-lines = Line { $value } its counts by day are not those of the lines
