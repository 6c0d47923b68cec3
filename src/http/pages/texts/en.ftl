# All texts of the pages, in English. The keys are the same in every language: a test sees to it.

## The frame
product = Archive and register
skip-to-content = Skip to content
main-menu = Main menu
search-everything = Search the whole archive
search = Search
other-language = Italiano
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
choose-files-again = Files that you had chosen and not uploaded have to be chosen again.
go-on = Send

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
problem-csrf-token = The form is not valid any more
advice-csrf-token = It was opened in another session. Go back, reload the page and send it again.
problem-not-found = There is nothing here
advice-not-found = The address is wrong, or it is something that you may not see.
problem-not-available = There is no preview
advice-not-available = Download the document to read it.
problem-method-not-allowed = This address is not used in this way
advice-method-not-allowed = Go back and use the buttons of the page.
problem-dossier-closed = The dossier is closed
advice-dossier-closed = Reopen it first, with a reason.
problem-dossier-open = The dossier is open already
advice-dossier-open = Nothing needs to be done.
problem-entry-annulled = The entry is annulled
advice-entry-annulled = It stays readable and never changes. Register the document anew if need be.
problem-already-exists = It exists already
advice-already-exists = Use what exists, or choose another name.
problem-document-registered = A registered document gets no new versions
advice-document-registered = Register the new version as an entry of its own.
problem-changed = Somebody changed it in the meantime
advice-changed = Go back to the page, look how it is now, and decide again.
problem-too-large = It is too large
advice-too-large = Send less at a time: the limit is said below.
problem-unsupported-media-type = The form cannot be understood
advice-unsupported-media-type = Reload the page and try again.
problem-range-not-satisfiable = There is no such part of the document
advice-range-not-satisfiable = Download the whole document.
problem-invalid = Something is not valid
advice-invalid = Correct the fields named here and send again.
problem-idempotency-key-reused = This form was sent already, with other data
advice-idempotency-key-reused = Look in the register whether the entry is there; otherwise reload the form.
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
leave-it = Cancel
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

## What is wrong with a field
wrong-must-not-be-empty = Must be filled in
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
perhaps-withheld = Withheld: the dossier may hold other documents that are not shown here, for instance because they concern other people. You can ask the office to see them.
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
texts-of-documents = Texts of documents
text-full = read whole
text-partial = read in part
text-none = without text
text-pending = to be read
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
people = { $count ->
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

## Who may do what
who-may-read = It is read by those to whom it is assigned or shown.
who-may-register = Incoming documents are registered by the registry office, outgoing and internal ones by officers too.
who-may-annul = Entries are annulled by the registry office.
who-may-classify = The registry office, archivists and officers to whom the entry is assigned classify and assign it.
who-may-add-document = The registry office and officers to whom the entry is assigned add documents.
who-may-add-version = New versions are added by who works on the document or created it.
who-may-bring-in = Documents are brought in by the registry office and officers.
who-may-keep-dossiers = The registry office and officers of the offices that keep them work on dossiers.
who-may-close-dossiers = Archivists and officers who keep them close and reopen dossiers.
who-may-keep-desk = Saved searches are for those who sign in themselves.
who-may-look = This is for everybody with an account.
who-may-read-users = The list of users is for those who work here.
who-may-administer = These pages are for administrators.
who-may-read-access-log = The access log is for auditors.
## Registering
filing-file-incoming = Register an incoming document
filing-file-outgoing = Register an outgoing document
filing-file-internal = Register an internal document
filing-registered = Registered
filing-registered-as = Registered with the number
filing-open-entry = Open the entry
filing-print-label = Print the label
filing-next-is-ready = The form for the next document is ready below.
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
filing-proposed-like = Proposed, as for entry { $value }: change it if it does not fit.
filing-suggestions-found = suggestions: choose with the arrows
filing-suggestions-none = No suggestions
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
filing-make-confidential = Confidential: seen only by who registers it and by those to whom it is assigned
filing-register-it = Register
filing-enter-key = Enter
filing-label = Label
filing-label-how = Only the label is printed. Without the button, use Ctrl + P.
filing-label-on-sheet = On an A4 sheet
filing-label-on-roll = On a 62 mm roll
filing-label-code = QR code with the mark { $value }
filing-print = Print
field-subject = Subject
field-who-name = Name
field-who-tax-code = Tax code or VAT number
field-who-address = Address
field-class = Class of the scheme
field-location = Where the paper is
field-document = Document
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
refused-gone = { $value } is no longer there: choose another.
refused-staff = { $value } does not work here.
refused-forgotten = The file is no longer kept here: choose it again.

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
kind-entry = entry
kind-document = document
kind-dossier = dossier
