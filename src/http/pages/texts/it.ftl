# Tutti i testi delle pagine, in italiano. Le chiavi sono le stesse in ogni lingua: una prova lo controlla.

## The frame
product = Archivio e protocollo
skip-to-content = Vai al contenuto
main-menu = Menu principale
search-everything = Cerca in tutto l’archivio
search = Cerca
other-language = English
sign-in = Accedi
sign-out = Esci
menu-home = Scrivania
menu-file = Protocolla
menu-register = Registro
menu-dossiers = Fascicoli
menu-search = Ricerca
menu-administration = Amministrazione
for-programs = Per i programmi (API)
shortcuts = Scorciatoie da tastiera

## Signing in
user-name = Nome utente
password = Password
no-account = Non hai un’utenza? I dipendenti la chiedono all’amministratore, i cittadini allo sportello.
session-ended = La sessione è scaduta
session-ended-kept = Accedi di nuovo: quello che hai scritto è conservato in questa pagina.
signed-in-again = Bentornato
nothing-lost = Non è andato perso nulla di ciò che avevi scritto. Ora puoi inviarlo.
choose-files-again = Se avevi scelto dei file senza averli caricati, andranno scelti di nuovo.
go-on = Invia

## Problems
to-first-page = Torna alla scrivania
request-id = Numero della richiesta, da comunicare se chiedi assistenza
problem-malformed-request = La richiesta non è comprensibile
advice-malformed-request = Torna alla pagina precedente e riprova.
problem-malformed-json = La richiesta non è comprensibile
advice-malformed-json = Torna alla pagina precedente e riprova.
problem-malformed-digest = L’impronta annunciata non è comprensibile
advice-malformed-digest = Torna alla pagina precedente e riprova.
problem-upload-truncated = Il caricamento si è interrotto
advice-upload-truncated = Non è stato conservato nulla. Controlla la connessione e invia di nuovo.
problem-idempotency-key-missing = Il modulo non è completo
advice-idempotency-key-missing = Ricarica la pagina del modulo e riprova.
problem-unauthenticated = Bisogna accedere
advice-unauthenticated = Accedi con nome utente e password.
problem-sign-in-refused = Nome utente o password errati
advice-sign-in-refused = Controlla le maiuscole e riprova. L’amministratore può darti una nuova password.
problem-forbidden = Non sei autorizzato
advice-forbidden = Chi può farlo è indicato qui sotto; i ruoli li assegna l’amministratore.
problem-csrf-token = Il modulo non è più valido
advice-csrf-token = È stato aperto in un’altra sessione. Torna indietro, ricarica la pagina e invialo di nuovo.
problem-not-found = Qui non c’è nulla
advice-not-found = L’indirizzo è sbagliato, oppure è qualcosa che non puoi vedere.
problem-not-available = L’anteprima non è disponibile
advice-not-available = Scarica il documento per leggerlo.
problem-method-not-allowed = Questo indirizzo non si usa così
advice-method-not-allowed = Torna alla pagina precedente e usa i suoi pulsanti.
problem-dossier-closed = Il fascicolo è chiuso
advice-dossier-closed = Prima va riaperto, con una motivazione.
problem-dossier-open = Il fascicolo è già aperto
advice-dossier-open = Non c’è nulla da fare.
problem-entry-annulled = La registrazione è annullata
advice-entry-annulled = Resta leggibile e non cambia più. Se serve, registra di nuovo il documento.
problem-already-exists = Esiste già
advice-already-exists = Usa quello che c’è, o scegli un altro nome.
problem-document-registered = Un documento registrato non riceve nuove versioni
advice-document-registered = Registra la nuova versione come documento a sé.
problem-changed = Nel frattempo qualcuno l’ha modificato
advice-changed = Torna alla pagina, guarda com’è adesso e decidi di nuovo.
problem-too-large = È troppo grande
advice-too-large = Invia meno in una volta: il limite è indicato qui sotto.
problem-unsupported-media-type = Il modulo non è comprensibile
advice-unsupported-media-type = Ricarica la pagina e riprova.
problem-range-not-satisfiable = Quella parte del documento non esiste
advice-range-not-satisfiable = Scarica il documento intero.
problem-invalid = Qualcosa non è valido
advice-invalid = Correggi i campi indicati e invia di nuovo.
problem-idempotency-key-reused = Questo modulo è già stato inviato con altri dati
advice-idempotency-key-reused = Controlla nel registro se la registrazione c’è; altrimenti ricarica il modulo.
problem-blob-unknown = Un file non è più conservato qui
advice-blob-unknown = I file caricati si conservano 24 ore se non vengono registrati: sceglilo di nuovo.
problem-digest-mismatch = Il file è arrivato alterato
advice-digest-mismatch = Non è stato conservato nulla. Invialo di nuovo.
problem-too-many-attempts = Troppi tentativi di accesso
advice-too-many-attempts = Aspetta un minuto e riprova.
problem-internal = Errore dell’archivio
advice-internal = Riprova; se succede ancora, comunica all’amministratore il numero della richiesta.
problem-stopped = L’archivio non accetta modifiche
advice-stopped = Avvisa l’amministratore: la scrittura sul disco è fallita e va riavviato. La lettura funziona.
problem-not-ready = L’archivio non è ancora pronto
advice-not-ready = Riprova fra qualche secondo.
problem-busy = Troppe richieste in questo momento
advice-busy = Riprova fra qualche secondo.
problem-disk-full = Il disco è pieno
advice-disk-full = Avvisa l’amministratore. Nulla è andato perso; si continua appena c’è spazio.

## Roles
role-administrator = amministratore
role-registrar = protocollista
role-officer = operatore
role-manager = responsabile
role-archivist = archivista
role-auditor = revisore
role-citizen = cittadino
role-service = programma

## Lists
entries = Registrazioni
newest-entries = Ultime registrazioni
newest-dossiers = Fascicoli recenti
no-dossiers = Nessun fascicolo.
number = Numero
day = Data
direction = Tipo
subject = Oggetto
class = Voce
assigned-to = Assegnata a
annulled = annullata
confidential = riservata
confidential-entry = Registrazione riservata
direction-incoming = in arrivo
direction-outgoing = in partenza
direction-internal = interna
state-open = aperto
state-closed = chiuso
items = { $count ->
    [one] { $count } documento
   *[other] { $count } documenti
}
results = { $count ->
    [one] { $count } risultato
   *[other] { $count } risultati
}

## Dossiers
dossier = Fascicolo
open-dossier = Apri un fascicolo
open-sub-dossier = Apri un sottofascicolo
open-it = Apri il fascicolo
close-dossier = Chiudi
reopen-dossier = Riapri
download-whole = Scarica tutto
file-here = Inserisci nel fascicolo
file-it = Inserisci
who-saw-it = Chi l’ha visto
narrow-dossiers = Restringi l’elenco dei fascicoli
words-of-dossier = Parole del fascicolo
office = Ufficio
officer = Responsabile
officer-in-charge = Responsabile del procedimento
keeping-office = Ufficio che lo tiene
taking-part = Ufficio che partecipa
offices-taking-part = Uffici che partecipano
in-charge = Chi se ne occupa
all-offices = Tutti gli uffici
all-states = Tutti
state = Stato
year = Anno
code = Codice
title = Titolo
name = Nome
tax-code = Codice fiscale
as-what = In qualità di
opened = Aperto il
closed = Chiuso il
documents = Documenti
show-all = Mostra tutti
no-such-dossiers = Nessun fascicolo corrisponde. Togli qualche condizione e riprova.
further-dossiers = Altri fascicoli
further-items = Altri documenti
from-the-first = Torna all’inizio
where-this-is = Dove ti trovi
closed-on = Chiuso il
reopened = Riaperto
what-it-holds = Contenuto
nothing-filed = Il fascicolo è ancora vuoto.
item = numero
item-withheld = Un documento che non puoi vedere
without-number = documento non protocollato
filed-on = inserito il
taken-out = tolto
shown-to-parties = visibile agli interessati
not-shown-to-parties = non visibile agli interessati
show = Mostra
hide = Nascondi
take-out = Togli
parties = Interessati
parties-hint = Chi ha un codice fiscale potrà seguire il fascicolo dalla propria utenza.
more-parties = Aggiungi altri interessati
more-about-dossier = Procedimento e altri uffici
family = Fascicolo e sottofascicoli
facts = Dati
procedure = Procedimento
reason = Motivo
class-hint = Scrivi il codice o scegli dall’elenco, per esempio 6.3.
none-chosen = Nessuno
leave-it = Annulla
number-to-file = Numero di protocollo, o codice del documento
number-to-file-hint = Per esempio 42/2026 o PG 42/2026. Per un documento non protocollato, il suo codice: 17-0.
show-it-to-parties = Gli interessati possono vederlo
reason-title-close = Chiudi il fascicolo
reason-title-reopen = Riapri il fascicolo
reason-title-remove = Togli dal fascicolo
reason-hint-close = Chiuso, non riceve più documenti. Si può riaprire in ogni momento.
reason-hint-reopen = Riaperto, può ricevere di nuovo documenti.
reason-hint-remove = Il documento resta in archivio; nel fascicolo si vedrà che c’era, chi l’ha tolto e perché.
dossier-is-now = Adesso il fascicolo è così:
look-and-send-again = Guarda com’è e, se va ancora bene, invia di nuovo.
see-day = Vedi il giorno
nobody-saw-it = Il { $value } non l’ha visto nessuno.
access-read = consultato
access-download = scaricato
access-list = elencato

## What is wrong with a field
wrong-must-not-be-empty = Va compilato
wrong-missing = Va compilato
wrong-at-most-n-characters = Al massimo { $value } caratteri
wrong-at-most-n-items = Al massimo { $value }
wrong-at-least-n-characters = Almeno { $value } caratteri
wrong-must-be-one-line-without-line-breaks-and-tabs = Su una sola riga, senza andare a capo
wrong-must-not-hold-control-characters = Contiene caratteri che non si vedono: scrivilo di nuovo a mano
wrong-n-letters-and-digits-for-a-person-n-digits-for-a-business = 16 lettere e cifre per una persona, 11 cifre per un’impresa
wrong-not-a-class-code = Non è il codice di una voce del titolario, come 6.3
wrong-no-class-n-in-the-classification-scheme = Nel titolario non c’è la voce { $value }
wrong-not-an-office = Non è il codice di un ufficio
wrong-not-a-year = Scrivi l’anno con quattro cifre
wrong-not-a-code = Lettere senza accento, cifre, punto e trattino, al massimo 32
wrong-no-office = Non c’è l’ufficio { $value }
wrong-no-user = Non c’è un utente { $value } attivo
wrong-not-a-number = Non è un numero di protocollo, come 42/2026
wrong-no-such-entry = Non c’è una registrazione con questo numero che tu possa vedere
wrong-no-such-document = Non c’è un documento con questo codice che tu possa vedere

## What citizens see
my-dossiers = I miei fascicoli
my-dossiers-lead = Qui trovi le pratiche che ti riguardano: a che punto sono, chi se ne occupa e i documenti che puoi scaricare.
no-dossiers-of-mine = Per ora non c’è nessuna pratica a tuo nome. Se ne aspetti una, chiedi allo sportello.
citizen-state-open = In corso
citizen-state-closed = Concluso
shown-documents = { $count ->
    [0] Nessun documento da vedere, per ora
    [one] { $count } documento
   *[other] { $count } documenti
}
begun-on = iniziato il
deals-with-it = Se ne occupa
see-documents = Vedi i documenti
how-to-reach = Come contattarci
write-to = Puoi scrivere a
name-the-code = Indica sempre il titolo della pratica.
name-this-code = Quando scrivi o vieni allo sportello, indica il codice { $value }.
whole-dossier = Il fascicolo intero
whole-is-zip = È un file ZIP: dentro trovi tutti i documenti di questa pagina.
nothing-shown-yet = Per ora qui non c’è nessun documento da vedere.
citizen-direction-incoming = Ricevuto dal Comune
citizen-direction-outgoing = Inviato dal Comune
citizen-direction-internal = Documento del Comune
download = Scarica
perhaps-withheld = Non mostrato: il fascicolo può contenere altri documenti che qui non si vedono, per esempio perché riguardano altre persone. Puoi chiedere di vederli all’ufficio.
parts-of-dossier = Parti del fascicolo

## Administration
health = Salute
users = Utenti
offices = Uffici
registers = Registri
scheme = Titolario
tokens = Accessi dei programmi
health-of-archive = Salute dell’archivio
archive-is-well = L’archivio sta bene.
archive-takes-writes = Riceve e conserva documenti.
archive-is-unwell = Qualcosa non va.
texts-of-documents = Testi dei documenti
text-full = letti per intero
text-partial = letti in parte
text-none = senza testo
text-pending = da leggere
texts-waiting = In attesa di lettura
the-oldest = il più vecchio
being-read = In lettura adesso
to-recognise = Immagini da riconoscere
to-try-again = Da riprovare
read-again = Riletti
disk = Disco
disk-free = Liberi
of = su
not-known = Non è dato saperlo.
catalogue = Catalogo
index = Indice di ricerca
segments = segmenti
uploads-held = Caricamenti in memoria
positions = Aggiornamento
positions-hint = Quanti dei fatti registrati conoscono già il catalogo e la ricerca.
in-the-index = Elementi che si possono cercare
self-audit = Controlli continui
self-audit-hint = L’archivio ricontrolla da sé, un po’ alla volta, che tutto sia come è stato registrato.
last-checked = Ultimo controllo
checked = Controllati dall’avvio
not-right = Non in ordine
mended = Rimessi a posto
not-yet = non ancora
version = Versione
ago-seconds = { $count ->
    [0] adesso
    [one] un secondo fa
   *[other] { $count } secondi fa
}
ago-minutes = { $count ->
    [one] un minuto fa
   *[other] { $count } minuti fa
}
ago-hours = { $count ->
    [one] un’ora fa
   *[other] { $count } ore fa
}
ago-days = { $count ->
    [one] un giorno fa
   *[other] { $count } giorni fa
}
add-user = Aggiungi un utente
change-user = Modifica l’utente { $value }
search-users = Cerca per nome o ruolo
further-users = Altri utenti
people = { $count ->
    [0] Nessun utente
    [one] { $count } utente
   *[other] { $count } utenti
}
switched-off = disattivato
full-name = Nome e cognome
user-name-hint = Con questo accede: lettere senza accento, cifre, punto e trattino. Non cambia più.
tax-code-hint = Serve ai cittadini: i fascicoli si riconoscono dal codice fiscale. Non cambia più.
roles = Ruoli
new-password = Nuova password
password-hint = Almeno 8 caratteri. I programmi non ne hanno bisogno.
new-password-hint = Almeno 8 caratteri. Lasciala vuota per non cambiarla.
may-sign-in = Può accedere
keep-changes = Salva
no-offices = Non ci sono ancora uffici.
add-office = Aggiungi un ufficio
office-code-hint = Breve, senza accenti e spazi, per esempio edilizia. Non cambia più.
office-above = Ufficio di cui fa parte
search-scheme = Cerca nel titolario
no-such-class = Nessuna voce contiene queste parole.
classes-shown = voci trovate
tokens-lead = Con un token un programma lavora con l’archivio senza password. Ogni token è di un utente e si può revocare.
tokens-given = Token esistenti
no-tokens = Non ci sono ancora token.
make-token = Crea un token
token-made = Token creato per { $value }
token-once = Copialo adesso: non sarà mostrato un’altra volta.
token-secret = Il token
token-for = Per quale utente
token-name = A che serve
choose = Scegli
scopes = Che cosa può fare
scopes-hint = Solo per gli utenti con ruolo programma: una persona può quello che può.
scope-read = leggere
scope-register = protocollare
scope-dossiers = lavorare ai fascicoli
scope-act-for-citizen = agire per un cittadino
revoked = revocato
revoke = Revoca
revoke-token = Revoca il token
revoke-hint = Il programma che lo usa non potrà più accedere. Non si può tornare indietro.
wrong-at-least-one-role = Scegli almeno un ruolo
wrong-missing-a-citizen-is-known-by-the-tax-code = Serve: un cittadino si riconosce dal codice fiscale
wrong-missing-an-officer-works-in-at-least-one-office = Scegli almeno un ufficio: operatori e responsabili lavorano in un ufficio
wrong-the-last-administrator-must-stay-one = È l’ultimo amministratore attivo: deve restarlo
wrong-a-persons-token-may-do-what-the-person-may-leave-them-out = Il token di una persona può quello che può la persona: non scegliere nulla

## Who may do what
who-may-read = Può leggerlo chi l’ha in assegnazione, o a cui è mostrato.
who-may-register = I documenti in arrivo li protocolla il protocollo; quelli in partenza e interni anche gli operatori.
who-may-annul = Le registrazioni le annulla il protocollo.
who-may-classify = Classificano e assegnano il protocollo, gli archivisti e gli operatori a cui la registrazione è assegnata.
who-may-add-document = Aggiungono documenti il protocollo e gli operatori a cui la registrazione è assegnata.
who-may-add-version = Le nuove versioni le aggiunge chi lavora al documento o l’ha creato.
who-may-bring-in = I documenti li inseriscono il protocollo e gli operatori.
who-may-keep-dossiers = Ai fascicoli lavorano il protocollo e gli operatori degli uffici che li tengono.
who-may-close-dossiers = I fascicoli li chiudono e li riaprono gli archivisti e gli operatori che li tengono.
who-may-keep-desk = Le ricerche salvate sono di chi accede di persona.
who-may-look = Può farlo chiunque abbia un’utenza.
who-may-read-users = L’elenco degli utenti è per chi lavora qui.
who-may-administer = Queste pagine sono per gli amministratori.
who-may-read-access-log = Il registro degli accessi è per i revisori.
## Registering
filing-file-incoming = Protocolla in arrivo
filing-file-outgoing = Protocolla in partenza
filing-file-internal = Protocolla un documento interno
filing-registered = Registrato
filing-registered-as = Registrato con il numero
filing-open-entry = Apri la registrazione
filing-print-label = Stampa l’etichetta
filing-next-is-ready = Qui sotto c’è già il modulo per il prossimo documento.
filing-documents = Documento e allegati
filing-document = Documento
filing-other-document = Un altro documento al suo posto
filing-attachment = Allegato
filing-attachments = Allegati
filing-drop-files = Trascina qui i file, oppure scegli. Il primo è il documento, gli altri sono allegati.
filing-choose-files = Scegli i file
filing-remove-file = Togli
filing-file-up = Sposta su
filing-file-removed = tolto
filing-upload-waiting = La registrazione parte appena i file sono caricati.
filing-uploaded = caricato
filing-upload-failed = non caricato
filing-upload-again = Riprova
filing-upload-session-ended = La sessione è scaduta. Premi Registra: accedi di nuovo e i testi restano; i file non caricati andranno scelti ancora.
filing-duplicate = Lo stesso contenuto è già registrato:
filing-proposed-like = Proposta, come per la registrazione { $value }: cambiala se non va bene.
filing-suggestions-found = suggerimenti: scegli con le frecce
filing-suggestions-none = Nessun suggerimento
filing-sender = Mittente
filing-correspondents = Mittenti e destinatari
filing-one-more-sender = Aggiungi un mittente
filing-one-more-correspondent = Aggiungi un destinatario
filing-as-what = Come
filing-as-sender = mittente
filing-as-recipient = destinatario
filing-as-copy = per conoscenza
filing-who-name = Nome o denominazione
filing-who-kind = Chi è
filing-who-more = Codice fiscale, PEC, e-mail, indirizzo
filing-kind-person = persona
filing-kind-business = impresa
filing-kind-administration = amministrazione
filing-tax-code = Codice fiscale o partita IVA
filing-pec = PEC
filing-email = E-mail
filing-address = Indirizzo
filing-remove-row = Togli questa riga
filing-what-it-is-about = Oggetto e classificazione
filing-class-of-scheme = Voce del titolario
filing-class-how = codice o parole
filing-assignments = Assegnazione
filing-given-to = A chi
filing-given-to-nobody = nessuno, per ora
filing-given-mode = Perché
filing-mode-responsible = per competenza
filing-mode-information = per conoscenza
filing-one-more-assignment = Aggiungi un’assegnazione
filing-offices = Uffici
filing-people = Persone
filing-received = Arrivo
filing-received-on = Arrivato il
filing-channel = Come è arrivato
filing-channel-counter = a mano, allo sportello
filing-channel-post = per posta
filing-channel-email = per e-mail
filing-channel-pec = per PEC
filing-channel-portal = dal portale
filing-channel-interoperability = da un’altra amministrazione, in interoperabilità
filing-channel-internal = dall’interno
filing-received-more = Protocollo del mittente, registrazione differita
filing-their-number = Numero dato dal mittente
filing-their-date = Data del documento del mittente
filing-deferred-reason = Perché si registra dopo (registrazione differita)
filing-keeping = Conservazione
filing-location-of-paper = Dove sta la carta
filing-make-confidential = Riservata: la vede solo chi la registra e chi la riceve in assegnazione
filing-register-it = Registra
filing-enter-key = Invio
filing-label = Etichetta
filing-label-how = La stampa contiene solo l’etichetta. Senza il pulsante, usa Ctrl + P.
filing-label-on-sheet = Su foglio A4
filing-label-on-roll = Su rotolo da 62 mm
filing-label-code = Codice QR con la segnatura { $value }
filing-print = Stampa
field-subject = Oggetto
field-who-name = Nome o denominazione
field-who-tax-code = Codice fiscale o partita IVA
field-who-address = Indirizzo
field-class = Voce del titolario
field-location = Dove sta la carta
field-document = Documento
field-attachment = Allegato
field-deferred-reason = Registrazione differita
field-title = Titolo
field-reason = Motivo
field-name = Nome
field-full_name = Nome e cognome
field-procedure = Procedimento
field-classification = Voce del titolario
field-party_name = Parte
field-party_tax_code = Codice fiscale della parte
field-tax_code = Codice fiscale
field-code = Codice
refused-missing = Va indicato.
refused-date = Scrivi una data, per esempio 20/11/2026.
refused-class = Scegli una voce del titolario, per codice o con parole che la distinguano.
refused-file-lost = Il file non è arrivato: sceglilo di nuovo.
refused-lines = Deve stare su una riga sola.
refused-control = Contiene caratteri di controllo: riscrivilo a mano.
refused-file-name = Il nome del file contiene un percorso: rinominalo.
refused-nobody = Indica almeno un mittente o destinatario.
refused-tax-code = 16 lettere e cifre per una persona, 11 cifre per un’impresa.
refused-received = Solo ciò che è in arrivo ha una data di arrivo.
refused-future = È un giorno che deve ancora venire.
refused-past = È prima del 1900.
refused-after-receipt = È dopo il giorno di arrivo.
refused-no-document = Scegli il documento: senza, si registra solo la carta arrivata a mano o per posta.
refused-assignment = Scegli un ufficio o una persona.
refused-assigned-twice = È già assegnata qui sopra: ogni ufficio e persona va indicato una volta.
refused-long = Al massimo { $value } caratteri.
refused-many = Al massimo { $value }.
refused-gone = { $value } non c’è più: scegli un’altra voce dell’elenco.
refused-staff = { $value } non lavora qui.
refused-forgotten = Il file non è più conservato qui: sceglilo di nuovo.

# The first page, and what is at hand
assigned-to-us = Assegnate a me e ai miei uffici
nothing-assigned = Non c’è nulla di assegnato.
all-assigned = { $count ->
    [one] Mostra la registrazione
   *[other] Mostra tutte le { $count } registrazioni
}
starred = Preferiti
opened-lately = Aperti di recente
give-star = Aggiungi ai preferiti
take-star-away = Togli dai preferiti
kind-entry = registrazione
kind-document = documento
kind-dossier = fascicolo
