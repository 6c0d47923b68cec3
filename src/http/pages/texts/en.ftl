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
