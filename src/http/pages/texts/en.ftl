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
