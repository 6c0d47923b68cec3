# Tutti i testi delle pagine, in italiano. Le chiavi sono le stesse in ogni lingua: una prova lo controlla.

## The frame
product = Archivio e protocollo
skip-to-content = Vai al contenuto
main-menu = Menu principale
search-everything = Cerca in tutto l’archivio
search = Cerca
other-language = English
in-another-tab = in un’altra scheda
language-loses = Cambiando lingua, ciò che hai scritto in questa pagina va perso. Vuoi cambiarla lo stesso?
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
signed-in-again = Eccoti di nuovo
nothing-lost = Non è andato perso nulla di ciò che avevi scritto. Ora puoi inviarlo.
choose-files-again = I file che non erano ancora caricati vanno scelti di nuovo nella pagina che segue.
choose-again = { $value } (da scegliere di nuovo)
go-on = Invia

## Before a form is sent for whoever signed in again: what it does
sends = Inviare un modulo
sends-sign-out = Uscire
sends-dossiers = Apri un fascicolo
sends-dossiers-id-items = Inserisci nel fascicolo { $value }
sends-dossiers-id-items-item = Cambia ciò che gli interessati vedono del fascicolo { $value }
sends-dossiers-id-items-item-removal = Togli dal fascicolo { $value }
sends-dossiers-id-closure = Chiudi il fascicolo { $value }
sends-dossiers-id-reopening = Riapri il fascicolo { $value }
sends-registers = Apri un registro
sends-registers-register = Modifica il registro «{ $value }»
sends-users = Aggiungi un utente
sends-users-name = Modifica l’utente { $value }
sends-offices = Aggiungi un ufficio
sends-tokens = Crea un token per un programma
sends-tokens-id-revocation = Revoca un token
sends-registers-register-entries = Registra un documento nel registro «{ $value }»
sends-starred = Aggiungi ai preferiti, o togli
sends-registers-register-assignments = Assegna più registrazioni del registro «{ $value }»
sends-registers-register-dossiers = Inserisci in un fascicolo più registrazioni del registro «{ $value }»
sends-registers-register-entries-year-number-assignments = Assegna la registrazione { $value }
sends-inbox-answers = Risponde alle assegnazioni selezionate
sends-registers-register-entries-year-number-assignments-answers = Risponde all’assegnazione di { $value }
sends-registers-register-entries-year-number-classification = Classifica la registrazione { $value }
sends-registers-register-entries-year-number-annulment = Annulla la registrazione { $value }
sends-registers-register-entries-year-number-documents = Aggiungi un documento alla registrazione { $value }
sends-registers-register-entries-year-number-links = Collega la registrazione { $value } a un’altra
sends-registers-register-entries-year-number-dossiers = Inserisci in un fascicolo la registrazione { $value }
sends-search-recent-removal = Cancella le ricerche recenti
sends-saved-searches = Salva una ricerca
sends-saved-searches-id-seen = Segna come viste le novità di una ricerca
sends-saved-searches-id-removal = Cancella una ricerca salvata
sends-documents = Aggiungi un documento
sends-documents-id-versions = Aggiungi una versione al documento { $value }
sends-as = Invii come { $value }
sends-what = Stai per inviare
form-of-other-session = Prima di inviare, controlla
form-of-other-session-why = Questo modulo era stato aperto in un’altra sessione. Non è ancora stato inviato e non è andato perso nulla: se va bene, invialo.
field-who-email = E-mail
field-who-pec = PEC
field-who-role = Come
field-who-kind = Persona o ente
field-received-on = Arrivato il
field-received-number = Numero del mittente
field-received-date = Data del mittente
field-channel = Come è arrivato
field-direction = Direzione
field-class-choice = Voce del titolario
field-confidential = Riservata
field-given-to = Assegnata a
field-given-mode = Perché
field-due = Da fare entro
field-note = Che cosa fare
field-given-due = Da fare entro
field-given-note = Che cosa fare
field-to = A chi
field-mode = Perché
field-entry = Registrazione
field-relation = Collegamento
field-of = Che cosa si annulla
field-act-number = Atto n.
field-act-date = Data dell’atto
field-description = Descrizione
field-shown = Visibile agli interessati
field-what = Numero o codice
field-party_role = In qualità di
field-office = Ufficio che lo tiene
field-officer = Responsabile
field-participants = Uffici che partecipano
field-parent = Fa parte di
field-password = Password
field-roles = Ruoli
field-offices = Uffici
field-active = Può accedere
field-user = Per chi
field-scopes = Può fare
field-special = Registro particolare
field-field-title = Campo
field-field-shape = Che cosa contiene
field-field-choices = Valori possibili
field-field-required = Obbligatorio
field-exempt = Esclusi dal protocollo
field-closed = Chiuso

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
problem-csrf-token = Il modulo non è stato accettato
advice-csrf-token = Non risulta inviato da una pagina di questo archivio, o la pagina era aperta da un’altra sessione. Non è stato fatto nulla: apri qui la pagina e compila lì il modulo.
problem-not-found = Qui non c’è nulla
advice-not-found = L’indirizzo è sbagliato, oppure è qualcosa che non puoi vedere.
problem-not-available = L’anteprima non è disponibile
advice-not-available = Scarica il documento per leggerlo.
problem-not-stampable = La copia con la segnatura non è disponibile
advice-not-stampable = Scarica il documento com’è, o stampa l’etichetta dalla registrazione.
problem-method-not-allowed = Questo indirizzo non si usa così
advice-method-not-allowed = Torna alla pagina precedente e usa i suoi pulsanti.
problem-register-closed = Il registro è chiuso
advice-register-closed = Registra in un altro registro, oppure chiedi all’amministratore di riaprirlo.
problem-dossier-closed = Il fascicolo è chiuso
advice-dossier-closed = Prima va riaperto, con una motivazione.
problem-dossier-open = Il fascicolo è già aperto
advice-dossier-open = Non c’è nulla da fare.
problem-entry-annulled = La registrazione è annullata
advice-entry-annulled = Resta leggibile e non cambia più. Se serve, registra di nuovo il documento.
problem-already-exists = Esiste già
advice-already-exists = Usa quello che c’è, o scegli un altro nome.
problem-assignment-state = Nel frattempo qualcuno ha già risposto all’assegnazione
advice-assignment-state = Rileggi la registrazione e decidi di nuovo.
problem-document-registered = Un documento registrato non riceve nuove versioni
advice-document-registered = Registra la nuova versione come documento a sé.
problem-changed = Nel frattempo qualcuno l’ha modificato
advice-changed = Torna alla pagina, guarda com’è adesso e decidi di nuovo.
advice-changed-here = Qui vedi com’è adesso e quello che avevi scritto: controlla e, se va ancora bene, invia di nuovo.
problem-too-large = È troppo grande
advice-too-large = Invia meno in una volta: il limite è indicato qui sotto.
problem-unsupported-media-type = Il modulo non è comprensibile
advice-unsupported-media-type = Ricarica la pagina e riprova.
problem-range-not-satisfiable = Quella parte del documento non esiste
advice-range-not-satisfiable = Scarica il documento intero.
problem-invalid = Qualcosa non è valido
advice-invalid = Correggi i campi indicati e invia di nuovo.
problem-idempotency-key-reused = Questo modulo è già stato inviato con altri dati
advice-idempotency-key-reused = Qui sotto c’è quello che hai scritto adesso. Se è un altro documento premi Registra: avrà un numero suo. Altrimenti apri la registrazione che c’è già.
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
problem-seal-away = La segnatura non può essere sigillata in questo momento
advice-seal-away = La registrazione è valida e non è andato perso nulla. Riprova fra qualche secondo; se il problema continua, avvisa l’amministratore: il servizio di firma non risponde.
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
new-document = Nuovo documento non protocollato
new-document-hint = Per bozze e documenti interni che non hanno un numero di protocollo. Si può caricare di nuovo quando cambia: ogni versione resta.
title-or-file-name = Se lo lasci vuoto, vale il nome del file.
class-hint-optional = Facoltativa: scrivi il codice o scegli dall’elenco, per esempio 6.3.
create-it = Carica il documento
create-and-file = Carica e inserisci nel fascicolo
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
nobody-in-charge = Nessuno: né un ufficio né un responsabile.
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
leave-it = Esci senza salvare
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
access-access-log = registro degli accessi consultato

## What is wrong with a field
wrong-must-not-be-empty = Va compilato
wrong-choose-a-file = Scegli il file.
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
wrong-not-a-tick-of-the-list = Non è una riga dell’elenco
wrong-is-as-it-was-only-what-is-wrong-is-annulled = È rimasto com’era: si annulla solo ciò che è sbagliato
wrong-name-at-least-one-field-subject-correspondents-or-received = Scegli che cosa annullare
wrong-is-this-entry-itself = È questa stessa registrazione
wrong-is-named-above-already = È già indicato qui sopra
wrong-this-register-has-no-such-field = Questo registro non ha questo campo
wrong-this-register-has-no-fields-of-its-own = Questo registro non ha campi propri
wrong-missing-say-why-the-register-is-closed-or-opened-again = Scrivi perché il registro si chiude o si riapre
wrong-no-such-dossier = Non c’è un fascicolo che corrisponda e che tu possa vedere
wrong-no-such-register = Non c’è un registro con questo nome
wrong-no-such-item = Nel fascicolo non c’è un documento con questo numero
wrong-no-such-user = Non c’è un utente con questo nome
wrong-no-such-token = Non c’è un token con questo codice
wrong-no-such-saved-search = Non c’è più questa ricerca salvata
wrong-no-such-address = Non c’è una pagina a questo indirizzo
wrong-no-such-page = Non c’è una pagina a questo indirizzo
wrong-no-such-version = Il documento non ha questa versione
wrong-the-item-was-taken-out-of-the-dossier = È stato tolto dal fascicolo
wrong-at-most-n-things-take-a-star-away-first = Al massimo { $value } cose: prima togli una stella
wrong-too-many-packages-are-being-made = In questo momento si scaricano troppi fascicoli
wrong-too-many-exports-are-being-made = In questo momento si preparano troppi elenchi
wrong-too-many-documents-are-being-stamped = In questo momento si preparano troppe copie con la segnatura
wrong-too-many-marks-are-being-sealed = In questo momento si sigillano troppe segnature
wrong-it-is-not-registered-so-it-has-no-mark = Il documento non è protocollato: non ha una segnatura
wrong-the-mark-is-stamped-on-pdf-documents-only = La segnatura si appone solo ai documenti PDF
wrong-it-is-protected-by-a-password = Il documento è protetto da una password
wrong-it-is-damaged-or-takes-too-much-memory = Il documento è danneggiato, o richiede troppa memoria
wrong-it-is-larger-than-is-stamped = Il documento è troppo grande
wrong-stamping-it-took-longer-than-is-allowed = Il documento è troppo complesso: la copia richiede troppo tempo
wrong-no-process-that-reads-documents-is-started-here = Su questo server i documenti non vengono letti: se serve, avvisa l’amministratore
wrong-the-process-that-stamps-could-not-be-started = Il programma che appone la segnatura non si avvia: avvisa l’amministratore
wrong-only-a-sheet-has-places-add-n = Solo un foglio ha più posti: scegli il foglio A4
wrong-a-place-of-the-sheet-from-n-to-n-row-by-row = Scegli un posto del foglio, da 1 a 24, contando riga per riga
wrong-the-index-has-not-come-so-far-yet = La ricerca non conosce ancora le ultime registrazioni
wrong-the-index-is-being-brought-up-to-date = La ricerca si sta aggiornando
wrong-it-is-still-starting = Il programma si sta ancora avviando
wrong-a-content-has-at-most-n-bytes = Un file ha al massimo { $value } byte
wrong-the-texts-of-a-form-have-at-most-n-bytes = I testi di un modulo hanno al massimo { $value } byte
wrong-the-form-ended-before-its-last-part-was-whole = L’invio si è interrotto prima della fine

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
download-stamped = Copia con segnatura
withheld-one = Documento n. { $count }: non mostrato.
withheld-many = { $count } documenti non mostrati
item-short = n.
ask-to-see-it = Puoi chiedere di vederlo all’ufficio
ask-to-see-them = Puoi chiedere di vederli all’ufficio
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
imports = Importazioni da altri sistemi
imports-how = I registri di un sistema precedente si importano dal server, con i loro numeri e le loro date:
no-imports = Non è stato importato nulla.
imports-entries = { $count ->
    [one] una registrazione
   *[other] { $count } registrazioni
}
emergencies = Registri di emergenza
no-emergencies = Nessun registro di emergenza è stato riportato.
emergency-open = non ancora chiuso
imports-missing = numeri mancanti:
registered-by-day = Registrazioni giorno per giorno
registered-in-weeks = { $count ->
    [0] Nessuna registrazione nelle ultime quattro settimane.
    [one] Una registrazione nelle ultime quattro settimane.
   *[other] { $count } registrazioni nelle ultime quattro settimane.
}
the-fullest-day = Il giorno più pieno è il
day-by-day = Tutti i giorni in una tabella
status-stopped = Non si scrive nulla fino al riavvio del programma: { $value }.
status-disk-full = Il disco è pieno (gli ultimi { $value } MiB restano di riserva): non si scrive nulla finché non si libera spazio.
status-no-reserve = Non c’è posto per la riserva: libera presto un po’ di spazio sul disco.
status-catalogue-rebuilt = Il catalogo si sta ricostruendo.
status-catalogue-behind = Il catalogo è indietro di { $value } fatti e si sta aggiornando.
status-catalogue-damaged = Il catalogo era rovinato ({ $value }) e si ricostruisce dal giornale.
status-index-behind = L’indice di ricerca è indietro di { $value } fatti e si sta aggiornando.
status-index-damaged = L’indice di ricerca era rovinato ({ $value }) e si ricostruisce dal giornale.
status-seal-away = { $value } segnature aspettano il sigillo: il firmatario non risponde.
status-fence-missing = I documenti si leggono senza una delle protezioni, che il kernel di questa macchina non ha: { $value }.
status-credentials-damaged = credentials.json: { $value }. Rimetti al suo posto una copia, oppure crea un token con «tabularium token create» e imposta nuove password.
status-audit-index = I controlli continui hanno trovato { $value } elementi che l’indice aveva in modo diverso da come furono registrati; sono stati indicizzati di nuovo. I nomi stanno nel log.
status-audit-catalogue = I controlli continui hanno trovato { $value } elementi che il catalogo ha in modo diverso da come furono registrati: si ricostruisce al prossimo avvio. I nomi stanno nel log.
status-audit-content = I controlli continui hanno trovato { $value } contenuti rovinati: esegui «tabularium verify» e rimetti al suo posto una copia. I nomi stanno nel log.
texts-of-documents = Testi dei documenti
texts-full = letti per intero
texts-partial = letti in parte
texts-none = senza testo
texts-pending = da leggere
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
users-found = { $count ->
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
yes = sì
no = no
user-is-now = Così è adesso
user-what-now = Quello che avevi scelto è ancora qui sotto, tranne la password: se va ancora bene, salva.
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

open-register = Apri un registro
open-register-do = Apri un registro
change-register = Registro { $value }
register-general = protocollo
register-special = registro particolare
register-code-hint = Breve, per esempio DEC: lettere, cifre, punto e trattino, al massimo 16. Sta nella segnatura e non cambia più.
register-is-special = Registro particolare (repertorio): numera documenti di un solo tipo, anche senza mittenti e destinatari
register-fields = Campi propri
register-fields-hint = Che cosa si chiede oltre a oggetto, voce e documento. Svuota il nome per togliere un campo: le registrazioni che lo hanno lo conservano.
register-field = Campo
register-field-title = Nome del campo
register-field-shape = Che cosa contiene
register-field-choices = Valori fra cui scegliere, separati da virgole
register-field-required = obbligatorio
register-fields-count = { $count ->
    [one] un campo proprio
   *[other] { $count } campi propri
}
shape-text = testo
shape-date = data
shape-integer = numero intero
shape-number = numero
shape-yes-or-no = sì o no
shape-choice = uno fra più valori
register-exempt = Tipi di documento esclusi dalla registrazione
register-exempt-hint = Uno per riga, per esempio gazzetta ufficiale, materiale statistico, invito. Di questi tipi non si registra nulla qui.
register-is-closed = Chiuso: non registra più nulla
register-reason = Perché si chiude o si riapre

## Who may do what
who-may-read = Può leggerlo chi l’ha in assegnazione, o a cui è mostrato.
who-may-register = I documenti in arrivo li protocolla il protocollo; quelli in partenza e interni anche gli operatori.
who-may-annul = Le registrazioni le annulla il protocollo.
who-may-classify = Classificano e assegnano il protocollo, gli archivisti e gli operatori a cui la registrazione è assegnata.
who-may-answer = Rispondono a un’assegnazione la persona e chi lavora nell’ufficio a cui è data.
who-may-read-inbox = Le assegnazioni sono per chi lavora qui.
who-may-add-document = Aggiungono documenti e collegamenti il protocollo e gli operatori a cui la registrazione è assegnata.
who-may-add-version = Le nuove versioni le aggiunge chi lavora al documento o l’ha creato.
who-may-bring-in = I documenti li inseriscono il protocollo e gli operatori.
who-may-keep-dossiers = Ai fascicoli lavorano il protocollo e gli operatori degli uffici che li tengono.
who-may-close-dossiers = I fascicoli li chiudono e li riaprono gli archivisti e gli operatori che li tengono.
who-may-keep-desk = Le ricerche salvate sono di chi accede di persona.
who-may-look = Può farlo chiunque abbia un’utenza.
who-may-read-users = L’elenco degli utenti è per chi lavora qui.
who-may-administer = Queste pagine sono per gli amministratori.
who-may-read-access-log = Il registro degli accessi è per i revisori.
who-may-read-registers = I registri giornalieri e annuali sono per il protocollo, gli archivisti e i revisori.
## Registering
filing-file-incoming = Protocolla in arrivo
filing-file-outgoing = Protocolla in partenza
filing-file-internal = Protocolla un documento interno
filing-registered = Registrato
filing-registered-as = Registrato con il numero
filing-already = Questo modulo è già registrato con il numero
filing-already-how = Se lo invii di nuovo così com’era, resta quella sola registrazione. Per un altro documento apri un modulo nuovo.
filing-new-form = Apri un modulo nuovo
filing-open-entry = Apri la registrazione
filing-print-label = Stampa l’etichetta
filing-next-is-ready = Qui sotto c’è già il modulo per il prossimo documento.
filing-register = Registro
filing-file-more = Tipo e descrizione
filing-file-kind = Tipo di documento
filing-take-in-files = Carica i file e descrivi gli allegati
filing-into-dossier = Fascicolo (facoltativo): codice o parole
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
filing-file-empty = Attenzione: il file è vuoto.
filing-file-twice = Attenzione: lo stesso file è già in questo elenco.
filing-proposed-like = Proposta, come per la registrazione { $value }: cambiala se non va bene.
filing-suggestions-found = suggerimenti: scegli con le frecce
filing-suggestions-none = Nessun suggerimento
filing-no-class = Nessuna voce con queste parole. Scrivi altre parole o il codice, per esempio 6.3.
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
filing-link = Collega a una registrazione precedente
filing-linked = Numero della registrazione precedente
filing-make-confidential = Riservata: la vede solo chi la registra e chi la riceve in assegnazione
filing-register-it = Registra
filing-enter-key = Invio
filing-label = Etichetta
label-annulled = ANNULLATA
filing-label-how = La stampa contiene solo l’etichetta. Senza il pulsante, usa Ctrl + P.
seven-digits = Le sette cifre che la legge chiede (DPR 445/2000, art. 57) stanno nella segnatura, in basso.
filing-label-on-sheet = Su foglio A4
filing-label-on-roll = Su rotolo da 62 mm
filing-label-pdf = PDF per stampanti di etichette
filing-label-pdf-sheet = PDF del foglio
filing-label-place = Posto libero sul foglio di 24 etichette, contando riga per riga
filing-label-code = Codice QR con la segnatura { $value }
filing-print = Stampa
field-subject = Oggetto
field-year = Anno
field-from = Dal giorno
field-cursor = Pagina dell’elenco
field-register = Registro
field-language = Lingua
field-who-name = Nome o denominazione
field-who-tax-code = Codice fiscale o partita IVA
field-who-address = Indirizzo
field-class = Voce del titolario
field-location = Dove sta la carta
field-document = Documento
field-file = File
field-dossier = Fascicolo
field-document-kind = Tipo di documento
field-document-description = Descrizione del documento
field-attachment-kind = Tipo di allegato
field-attachment-description = Descrizione dell’allegato
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
refused-classes = Più voci hanno queste parole: scegli quella giusta.
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
refused-staff = { $value } non lavora qui.
refused-forgotten = Il file non è più conservato qui: sceglilo di nuovo.
refused-number = Scrivi un numero intero.
refused-cursor = Questa pagina dell’elenco non c’è più: torna all’inizio.
refused-forms = Questo indirizzo riceve moduli: torna alla pagina e usa i suoi pulsanti.
refused-one-of = Uno fra questi valori: { $value }.
refused-methods = Qui si può solo: { $value }.
refused-user-there = C’è già un utente { $value }: scegli un altro nome.
refused-office-there = C’è già un ufficio { $value }: scegli un altro codice.
refused-tax-code-there = Questo codice fiscale è già dell’utente { $value }.
refused-item-there = È già nel fascicolo, al numero { $value }.
refused-searches-full = Hai già { $value } ricerche salvate: prima cancellane una.
## Register list
filter-list = Filtra l’elenco
words = Parole (apre la ricerca)
all = Tutti
all-entries = Mostra tutto
from-day = Dal giorno
to-day = Al giorno
no-entries = Nessuna registrazione.
assign-ticked = Assegna le registrazioni selezionate
none-ticked = nessuna selezionata
one-ticked = 1 selezionata
many-ticked = selezionate
assign-to = A chi
assign-for = Perché
nobody = Nessuno
assign = Assegna
assign-nothing-ticked = Seleziona almeno una registrazione.
assign-nobody-chosen = Scegli a chi assegnare.
mode-responsible = per competenza
mode-information = per conoscenza
tick = Seleziona
tick-all = Seleziona tutte
tick-entry = Seleziona { $value }
people = Persone
pages = Pagine dell’elenco
newest = Le più recenti
older = Più vecchie
assigned-count = { $count ->
    [one] { $count } registrazione assegnata a
   *[other] { $count } registrazioni assegnate a
}
not-assigned-count = { $count ->
    [one] { $count } registrazione non è stata assegnata:
   *[other] { $count } registrazioni non sono state assegnate:
}
file-ticked = Inserisci in un fascicolo le registrazioni selezionate
file-them = Inserisci
no-dossier-named = Scrivi il codice del fascicolo.
filed-count = { $count ->
    [one] { $count } registrazione inserita nel fascicolo
   *[other] { $count } registrazioni inserite nel fascicolo
}
not-filed-count = { $count ->
    [one] { $count } registrazione non è stata inserita:
   *[other] { $count } registrazioni non sono state inserite:
}
filed-before = È già nel fascicolo

## Entry
mark = Segnatura
mark-xml = Scarica Segnatura.xml
registration = Registrazione
registered = Registrata il
emergency-number = Registro di emergenza
imported-from = Importata da
imported-class = Classifica di allora
imported-assigned = Assegnata allora a
imported-dossier = Fascicolo di allora
imported-received = Ricevuta
imported-id = Identificativo di allora
imported-notes = Note di allora
by = da
location = Collocazione
correspondents = Mittenti e destinatari
no-documents = Nessun documento: la copia va ancora aggiunta.
confidential-stub = Questa registrazione è riservata: puoi vedere solo numero e data. La tratta chi l’ha ricevuta in assegnazione.
assigned-to-nobody = nessuno
annulled-on = Annullata il
annulled-act = Atto n.
of-day = del
received-on = Ricevuta il
received-channel = Arrivata per
received-number = Numero del mittente
received-date = Data del mittente
received-deferred = Motivo del differimento
channel-counter = consegna allo sportello
channel-post = posta
channel-email = posta elettronica
channel-pec = PEC
channel-portal = sportello on line
channel-interoperability = interoperabilità
channel-internal = consegna interna
correspondent-sender = mittente
correspondent-recipient = destinatario
correspondent-copy = per conoscenza
correspondent-kind-person = persona
correspondent-kind-business = impresa
correspondent-kind-administration = amministrazione
work-with-it = Azioni e storia
what-to-do = Azioni
history = Storia
it-was = prima:
history-entry-registered = Registrata
history-entry-imported = Importata da un altro sistema
history-entry-annulled = Annullata
history-entry-fields-annulled = Dati annullati e rinnovati
history-entry-linked = Collegata a un’altra registrazione
history-entry-message-kept = Messaggio tra protocolli
history-entry-classified = Classificata
history-entry-assigned = Assegnata
history-entry-document-added = Aggiunto un documento
do-assignments = Assegna
do-classification = Classifica
do-annulment = Annulla la registrazione
do-annulment-subject = Annulla e correggi l’oggetto
do-annulment-correspondents = Annulla e correggi mittenti e destinatari
do-annulment-received = Annulla e correggi i dati di arrivo
do-documents = Aggiungi un documento
do-dossiers = Inserisci in un fascicolo
done-assignments = Assegnazione salvata.
done-classification = Classificazione salvata.
done-annulment = La registrazione è annullata. Resta leggibile.
done-annulment-of-part = Corretto: ciò che è stato annullato resta leggibile.
done-documents = Documento aggiunto.
done-dossiers = Inserita nel fascicolo.
done-document-created = Documento caricato.
done-version-added = Versione aggiunta. Le precedenti restano.
changed-meanwhile = Nel frattempo qualcuno l’ha modificata
changed-what-now = Così è adesso. Quello che avevi scritto è ancora qui sotto: controlla e, se va ancora bene, conferma.
changed-nothing-left = Non c’è più nulla da confermare: guarda la registrazione.
assign-help = Indica chi deve occuparsene (per competenza) e chi deve esserne informato (per conoscenza). Per togliere qualcuno scegli «Nessuno».
assignment = Assegnazione
annul-help = Una registrazione annullata resta leggibile, con motivo e atto, e non si può più modificare. Il numero non si riusa.
annul-reason = Motivo
annul-act = Atto che autorizza l’annullamento
act-number = Numero dell’atto
act-date = Data dell’atto
add-help = Si aggiunge ciò che mancava, per esempio la scansione di un documento di carta. Ciò che c’è già non cambia.
file = File
file-is-here = Già caricato:
description = Descrizione
dossier-code = Codice del fascicolo
show-to-parties = Rendi visibile agli interessati del fascicolo
cancel = Lascia com’è
see-entry = Guarda la registrazione
wrong-assignments = Scegli ogni ufficio o persona una volta sola, tra quelli in elenco.
wrong-classification = Scegli una voce del titolario.
wrong-reason = Scrivi perché va annullata.
wrong-act-number = Scrivi il numero dell’atto.
wrong-act-date = Indica la data dell’atto, non futura.
wrong-file = Scegli il file da aggiungere.
wrong-code = Controlla il codice del fascicolo.
wrong-dossier-unknown = Non c’è un fascicolo con questo codice, o non puoi vederlo.
wrong-dossier-forbidden = In questo fascicolo inserisce documenti l’ufficio che lo tiene.
wrong-dossier-closed = Questo fascicolo è chiuso: prima va riaperto.

annul-what = Che cosa si annulla
annul-whole = Tutta la registrazione
annul-subject = Solo l’oggetto
annul-correspondents = Solo mittenti e destinatari
annul-received = Solo i dati di arrivo
annul-part-help = La registrazione resta valida: ciò che era scritto resta leggibile accanto a ciò che scrivi ora, con motivo e atto.
annul-new-subject = Oggetto corretto
correspondent = Mittente o destinatario
annulled-part-subject = Oggetto annullato
annulled-part-correspondents = Mittenti e destinatari annullati
annulled-part-received = Dati di arrivo annullati
linked-to = Collegamenti
relation-answers = risponde a
relation-answered-by = ha avuto risposta con
relation-follows = segue
relation-followed-by = è seguita da
relation-corrects = corregge
relation-corrected-by = è corretta da
do-links = Collega a un’altra
done-links = Collegamento aggiunto.
link-help = Il collegamento si vede da entrambe le registrazioni e non si toglie.
link-how = Questa registrazione
link-which = Numero dell’altra registrazione

## Inbox
menu-inbox = Assegnazioni
menu-waiting = { $count } da prendere in carico
inbox-states = A che punto sono
inbox-waiting = Da prendere in carico
inbox-accepted = In carico
inbox-returned = Restituite
inbox-done = Fatte
inbox-of = Di chi
inbox-of-me = Mie e dei miei uffici
inbox-due = Scadenza
inbox-due-any = Tutte
inbox-due-overdue = Scadute ({ $count })
inbox-due-week = Nei prossimi sette giorni
inbox-empty = Qui non c’è nulla.
inbox-with-ticked = Con le selezionate
inbox-reason = Motivo della restituzione
inbox-nothing-ticked = Seleziona almeno una riga.
inbox-nobody-chosen = Scegli a chi riassegnare.
inbox-no-reason = Scrivi il motivo della restituzione.
inbox-nothing-chosen = Scegli che cosa fare.
inbox-work-invalid = Così non si può: seleziona al massimo 200 righe e accorcia il motivo.
inbox-doing = Sto lavorando:
inbox-broke-off = Interrotto: quanto elencato qui sotto è fatto, il resto no. Torna all’elenco e riprova.
inbox-first = Dall’inizio
inbox-next = Avanti
inbox-outcome = Esito
inbox-done-count = { $count ->
    [one] 1 assegnazione: fatto.
   *[other] { $count } assegnazioni: fatto.
}
inbox-refused-count = { $count ->
    [one] 1 assegnazione: non fatto.
   *[other] { $count } assegnazioni: non fatto.
}
inbox-item-done = fatto
inbox-item-refused = non fatto
inbox-urgent = Da prendere in carico
inbox-all = { $count ->
    [0] Apri le assegnazioni
    [one] 1 da prendere in carico
   *[other] Tutte e { $count } da prendere in carico
}
inbox-overdue-count = { $count ->
    [one] 1 scaduta
   *[other] { $count } scadute
}
inbox-returned-count = { $count ->
    [one] 1 restituita, da riassegnare
   *[other] { $count } restituite, da riassegnare
}
answer-accepted = Prendi in carico
answer-done = Fatto
answer-returned = Restituisci
answer-reopened = Riapri
answer-reassigned = Riassegna
answered-accepted = presa in carico
answered-done = fatta
answered-returned = restituita
answered-reopened = riaperta
do-answers = Restituisci
answers-help = L’assegnazione torna a chi l’ha data e al protocollo, che leggono il motivo.
done-answers = L’assegnazione è aggiornata.
history-assignment-answered = Assegnazione
standing-waiting = data da { $value }
standing-accepted = in carico a { $value }
standing-returned = restituita da { $value }
standing-done = fatta da { $value }
due = Scadenza
due-on = entro il { $value }
due-today = scade oggi
due-tomorrow = scade domani
due-in-days = scade fra { $count } giorni
due-days-ago = { $count ->
    [one] scaduta da 1 giorno
   *[other] scaduta da { $count } giorni
}
assignment-due = Da fare entro
assignment-note = Che cosa fare
assignment-more = Scadenza e istruzioni
## Documents
fingerprint = Impronta (SHA-256)
page-count = { $count ->
    [one] { $count } pagina
   *[other] { $count } pagine
}
text-full = testo leggibile
text-partial = testo in parte
text-none = senza testo
text-pending = testo in lettura
reason-awaiting-recognition = le pagine sono immagini, in attesa di riconoscimento
reason-broken = il file è danneggiato
reason-crashed = la lettura del file non è riuscita
reason-cut = il testo è più lungo di quanto si conserva per la ricerca
reason-doubtful = parte del testo potrebbe non essere quella che si vede
reason-empty = il documento non contiene testo
reason-encrypted = il file chiede una password
reason-format-not-read = questo formato non viene letto
reason-nested-too-deeply = le parti del file si contengono l’una nell’altra
reason-no-text = nelle pagine non si riconoscono lettere
reason-no-text-layer = le pagine sono immagini
reason-not-started = la lettura non è partita
reason-out-of-memory = la lettura richiede troppa memoria
reason-pages-left-out = lette solo le prime pagine
reason-timeout = la lettura richiede troppo tempo
reason-too-large = il file è troppo grande
reason-unreadable = il contenuto non è raggiungibile
signed-by = Firmato da
signer-unknown = firmatario non indicato
signed-intact = contenuto integro
signed-altered = contenuto alterato
signed-unchecked = non verificato
signed-followed = il file contiene aggiunte successive alla firma
certified-by = certificato di
old-version = Questa è la versione { $value }, non l’ultima.
see-newest = Vai all’ultima
viewer = Pagine del documento
viewer-tools = Comandi di lettura
viewer-pages = Pagine
viewer-failed = Non è possibile mostrare le pagine di questo file. Puoi scaricarlo, o leggerne il testo qui sotto.
page-name = Pagina
page-of = di
page-previous = Pagina precedente
page-next = Pagina successiva
zoom-in = Ingrandisci
zoom-out = Rimpicciolisci
zoom-fit = Adatta
picture-of = Immagine: { $value }
text-extracted = Testo del documento
text-nothing = Qui non c’è testo da leggere. Scarica il documento.
text-before = Parte precedente
text-after = Continua
about-document = Dati del documento
format = Formato
size = Dimensione
arrived = Acquisito il
signatures = Firme
said-by-file = Che cosa dichiara il file
parts-of-file = Contenuto del file
versions = Versioni
new-version = Una nuova versione
version-came-meanwhile = Qui vedi l’ultima versione, arrivata nel frattempo. Il tuo file è già caricato e si può ancora aggiungere:
add-version = Aggiungi la versione

## Search
search-what = Che cosa cerchi
order = Ordine
order-relevance = Più pertinenti
order-newest = Più recenti
order-oldest = Più vecchi
filters-in-force = Filtri scelti
without-filter = Togli il filtro { $value }
at-least = Almeno
nothing-found = Nessun risultato. Prova con meno parole, o togli un filtro.
kind-entry = registrazione
kind-document = documento
kind-dossier = fascicolo
kind-case = pratica
state-annulled = annullata
facet-kind = Che cosa
facet-year = Anno
facet-direction = Tipo
facet-office = Ufficio
facet-classification = Voce del titolario
facet-state = Stato
narrow = Restringi la ricerca
over-time = Nel tempo
since-day = dal { $value }
until-day = fino al { $value }
more-results = Altri risultati
more-shown = Aggiunti altri risultati all’elenco.
beside-results = Anteprima e ricerche salvate
preview = Anteprima
preview-shown = Anteprima mostrata accanto ai risultati.
preview-failed = L’anteprima non è disponibile: apri il risultato.
open = Apri
close = Chiudi
save-search = Salva questa ricerca
save-search-name = Nome
save-search-wrong = Scrivi un nome, al massimo di 200 caratteri.
save = Salva
saved-searches = Ricerche salvate
saved-new = { $count ->
    [one] { $count } nuovo
   *[other] { $count } nuovi
}
saved-see = Vedi i risultati e segnali come visti
saved-remove = Elimina la ricerca { $value }
recent-searches = Ricerche recenti
recent-forget = Cancella le ricerche recenti
search-tips = Come cercare
tip-words = Scrivi le parole che ricordi: si cercano nell’oggetto, nei nomi e nel testo dei documenti.
tip-phrase = Una frase esatta, fra virgolette:
tip-number = Una registrazione per numero:
tip-sender = Un mittente:
tip-without = Senza una parola:
note-unknown-field = Un campo della ricerca non esiste: è stato cercato come parola.
note-bad-value = Un valore della ricerca non è ammesso: è stato cercato come parola o non considerato.
note-query-bounded = La ricerca è troppo lunga o troppo lenta: i risultati possono essere incompleti.
note-prefix-too-short = Prima di * e ? servono almeno due lettere: la parola è stata cercata senza.
note-nothing-to-search = La ricerca non contiene parole da cercare.
note-read-as = Una parte della ricerca è stata letta come numero, data, codice o intervallo.
note-query-rewritten = Nessun risultato con le parole scritte: sono incluse grafie simili.
note-words-missing = Nessun risultato contiene tutte le parole: ecco quelli che ne contengono la maggior parte.
note-did-you-mean = Forse cercavi
note-synonyms = Sono stati cercati anche i sinonimi.
note-texts-missing = Di alcuni documenti il testo non si legge, o non ancora: si trovano solo con le altre parole.
note-facet-cut = I valori elencati a lato sono solo i più frequenti.
note-histogram-coarsened = Gli intervalli di tempo sono stati allungati.
note-index-behind = Le ultimissime novità si potranno cercare fra qualche istante.
month-1 = gen
month-2 = feb
month-3 = mar
month-4 = apr
month-5 = mag
month-6 = giu
month-7 = lug
month-8 = ago
month-9 = set
month-10 = ott
month-11 = nov
month-12 = dic

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

## Metadata
metadata = Metadati
metadata-what = I dati che l’Allegato 5 delle linee guida AgID vuole accanto al documento o al fascicolo, per esempio per il versamento in conservazione. Sono quelli che l’archivio conosce ora.
metadata-download = Scarica i metadati (XML)
metadata-whole = Non manca nulla di ciò che è obbligatorio.
metadata-missing = Manca ancora
metadata-missing-what = Le regole lo rendono obbligatorio e l’archivio non lo sa. Il file si può scaricare lo stesso, ma chi lo riceve può rifiutarlo.
metadata-left-out = Lasciato fuori
metadata-identifier = L’identificativo.
metadata-mark = La segnatura del documento protocollato.
metadata-kind = La tipologia del documento (istanza, fattura, delibera…): non è stata indicata.
metadata-register-code = Il codice del registro: ha più di 16 caratteri, o caratteri non ammessi.
metadata-number = Il numero di registrazione, di almeno sette cifre.
metadata-registering-body = L’amministrazione che registra.
metadata-author = L’autore o il mittente: non si conosce nessuno dei due.
metadata-name = Il nome o la denominazione di uno dei soggetti.
metadata-given-name = Il nome di una persona, distinto dal cognome: si conosce solo il nome intero.
metadata-person-tax-code = Il codice fiscale di una persona: quello indicato non è di una persona.
metadata-vat-number = Il codice fiscale di un’impresa o di un ente: non ha undici cifre.
metadata-body-code = Il codice IPA di un’amministrazione.
metadata-body-as-business = Il codice IPA di un’amministrazione corrispondente: senza, figura come persona giuridica.
metadata-office-code = Il codice IPA di un ufficio (unità organizzativa).
metadata-office = L’ufficio per cui agisce una persona.
metadata-address = Il domicilio digitale (PEC) di un’amministrazione.
metadata-subject = L’oggetto.
metadata-keywords = Le parole chiave oltre la quinta.
metadata-attachments = Gli allegati oltre il numero 9.999.
metadata-attachment-description = La descrizione di un allegato.
metadata-classification = La classificazione.
metadata-class-name = La denominazione della voce di titolario.
metadata-format = Il formato del file.
metadata-signatures = La verifica delle firme: il documento non è ancora stato letto, riprova tra poco.
metadata-aggregation = Il fascicolo: il documento non è in nessun fascicolo che puoi consultare.
metadata-file-name = Il nome del file.
metadata-changes = Chi ha annullato o modificato il documento, e quando.
metadata-retention = Il tempo di conservazione: dev’essere tra 1 e 9.999 anni.
metadata-dossier-kind = La tipologia del fascicolo: affare, attività, persona fisica, persona giuridica o procedimento amministrativo.
metadata-owner = L’amministrazione titolare del fascicolo.
metadata-assignment = L’assegnazione: nessun ufficio tiene il fascicolo.
metadata-ordinal = Il numero progressivo del fascicolo nella classe e nell’anno.
metadata-closing = La data di chiusura del fascicolo.
metadata-responsible = Il responsabile del procedimento.
metadata-procedure = Il procedimento amministrativo a cui appartiene il fascicolo.
metadata-procedure-name = Il nome del procedimento.
metadata-procedure-matter = La materia, l’argomento o la struttura del procedimento.
metadata-procedure-catalogue = L’indirizzo del catalogo dei procedimenti.
metadata-party-kind = Una parte senza codice fiscale: non si sa se è una persona o un’impresa.
metadata-withheld = I documenti del fascicolo che non puoi vedere.
metadata-item-without-document = Una registrazione del fascicolo che aspetta ancora il suo documento.

# Messages between registries
messages = Messaggi tra protocolli
messages-what = Quello che i protocolli delle amministrazioni si scrivono su questa registrazione. Qui i messaggi si scrivono e si conservano: l’invio avviene per PEC.
received-mark = Segnatura ricevuta
received-mark-number = Protocollo del mittente
received-mark-sound = I documenti corrispondono alla segnatura.
received-mark-wrong = Qualcosa non corrisponde: si può notificare un’eccezione.
seal = Sigillo
seal-missing = assente
seal-intact = integro
seal-altered = non corrisponde
seal-unchecked = non verificato
marked-matches = corrisponde
marked-differs = impronta diversa
marked-missing = non pervenuto
marked-unchecked = non verificato
no-messages = Nessun messaggio finora.
message-confirmation = Conferma di ricezione
message-update = Aggiornamento della conferma
message-exception = Notifica di eccezione
message-annulment = Annullamento della protocollazione
message-way-received = ricevuto
message-way-written = scritto
message-write = Scrivi il messaggio
message-what = Messaggio
message-anomaly = Anomalia (solo per un’eccezione)
message-anomaly-none = Nessun codice: la descrivo
message-text = Descrizione (solo per un’eccezione)
message-keep = Conserva un messaggio ricevuto
message-file = File XML del messaggio
done-message-written = Messaggio scritto e conservato: scaricalo e invialo per PEC.
done-message-received = Messaggio conservato.
anomaly-000_Irricevibile = 000 Irricevibile
anomaly-001_ValidazioneFirma = 001 Sigillo della segnatura non valido
anomaly-002_AnomaliaImpronte = 002 Impronte non corrispondenti
anomaly-003_DocumentoAllegatiNonLeggibili = 003 Documento o allegati non leggibili
anomaly-004_DocumentoAllegatiErroreValidazioneFirma = 004 Firma del documento o degli allegati non valida
anomaly-005_DocumentoAllegatiErroreVaidazioneMarcaTemporale = 005 Marca temporale non valida
anomaly-006_DocumentoAllegatiErroreValidazioneSigillo = 006 Sigillo del documento o degli allegati non valido
anomaly-007_ErroreIdentificatoreNonTrovato = 007 Identificatore non trovato
sends-registers-register-entries-year-number-messages = Scrivi un messaggio sulla registrazione { $value }
sends-registers-register-entries-year-number-messages-received = Conserva un messaggio ricevuto sulla registrazione { $value }
field-anomaly = Anomalia
field-text = Descrizione
wrong-a-mark-is-no-message-it-comes-with-the-document-that-it-marks = è una segnatura, non un messaggio: si registra con il documento
wrong-is-about-no-entry-of-this-archive-that-you-may-read = non riguarda nessuna registrazione di questo archivio che puoi leggere
wrong-missing-say-what-is-wrong-by-a-code-or-in-words = scegli un codice o descrivi che cosa non va
field-message = Messaggio
# Registers of days and years
daily-registers = Registri giornalieri
daily-registers-what = Ogni notte il programma forma il registro del giorno finito: è un documento dell’archivio e non cambia più.
daily-registers-none = In questo mese non c’è ancora nessun registro formato.
daily-register-of-today = Il registro di oggi, provvisorio
daily-register-of = Registro giornaliero del { $value }
yearly-registers = Registri annuali
yearly-registers-none = Il registro annuale si forma dopo il 31 dicembre.
yearly-register-of = Registro annuale { $value }
register-number = Numero del registro
register-id = Identificativo
register-formed-at = Formato il
register-about = Dati del registro
register-provisional = Provvisorio.
register-provisional-what = Il giorno non è finito, o il registro non è ancora stato formato: i file cambiano fino ad allora.
register-provisional-year = L’anno non è finito, o il registro non è ancora stato formato. Il PDF si fa alla fine dell’anno.
register-no-entries = Nessuna registrazione in questo giorno.
register-no-changes = Nessuna operazione.
register-latest = Ultimo registro giornaliero
first-and-last = Primo e ultimo numero
annulled-of-these = Di cui annullate
changes-of-earlier = Operazioni su registrazioni precedenti
register-files = File
register-months = Mesi
month-before = Mese precedente
month-after = Mese successivo
from-the-beginning = Dall’inizio
more-entries = Registrazioni seguenti
register-hour = Ora
register-when = Quando
register-done = Operazione
register-before = Prima
register-after = Dopo
register-volume = volume
register-not-final = provvisorio
register-entries-count = { $count ->
    [one] 1 registrazione
   *[other] { $count } registrazioni
}
change-annulled = Annullamento
change-facts-annulled = Annullamento di dati
change-classified = Classificazione
change-assigned = Assegnazione
change-document-added = Documento aggiunto
change-linked = Collegamento
change-other = Altra operazione
status-register-late = Il registro giornaliero del { $value } non è ancora formato: si forma da sé, in sottofondo. Se resta così per ore, guarda nel log del programma.
# Titolario: versioni, nuove versioni da un file.
called-now = ora: { $value }
kept-for-ever = da conservare per sempre
kept-years = { $count ->
    [one] da conservare un anno
   *[other] da conservare { $count } anni
  }
kept-unsaid = conservazione non indicata
class-number = Voce n. { $count }
scheme-new = Nuova versione del titolario
scheme-new-hint = Prepara il file con un programma di calcolo: scarica il titolario in CSV, cambialo e caricalo qui. Prima di adottarlo vedi che cosa cambia.
scheme-version = Versione
scheme-versions = Versioni
scheme-in-force-from = in vigore dal { $value }
scheme-in-force-until = fino al { $value }
scheme-download-csv = Scarica in CSV
scheme-download-xml = Scarica in XML
scheme-first-day = In vigore dal
scheme-file = File CSV o XML
scheme-file-hint = Colonne del CSV: codice, voce, anni di conservazione (9999: per sempre), note.
scheme-look = Mostra che cosa cambia
scheme-what-changes = Che cosa cambia
scheme-classes = { $count ->
    [one] una voce
   *[other] { $count } voci
  }
scheme-no-change = Non cambia nulla.
scheme-added = { $count ->
    [one] Una voce nuova
   *[other] { $count } voci nuove
  }
scheme-withdrawn = { $count ->
    [one] Una voce tolta
   *[other] { $count } voci tolte
  }
scheme-withdrawn-hint = Non si potranno più scegliere. Registrazioni e fascicoli che le hanno le tengono.
scheme-retitled = { $count ->
    [one] Una voce cambia nome
   *[other] { $count } voci cambiano nome
  }
scheme-retention = { $count ->
    [one] Per una voce cambia la conservazione
   *[other] Per { $count } voci cambia la conservazione
  }
scheme-notes = { $count ->
    [one] Per una voce cambiano le note
   *[other] Per { $count } voci cambiano le note
  }
scheme-adopt-hint = Entra in vigore da sé il { $value }. Quello che è già classificato resta com’è.
scheme-adopt = Adotta questa versione
scheme-other-file = Scegli un altro file
version-state-waiting = in attesa
version-state-in-force = in vigore
version-state-past = superata
version-state-replaced = sostituita prima di entrare in vigore
sends-classification-schemes = Adotta una versione del titolario
field-scheme-file = File
field-valid_from = Dal
field-valid_until = Fino al
refused-retention = Da 1 a 9999 anni; 9999 vuol dire per sempre.
refused-class-twice = Il codice { $value } c’è due volte.
refused-class-above = Manca la voce superiore { $value }.
refused-no-column = Non so che cosa c’è nella colonna { $value }: chiama le colonne codice, voce, anni, note.
refused-column-twice = La colonna { $value } c’è due volte.
refused-column-missing = Manca la colonna { $value }.
wrong-a-day-that-is-over-a-version-is-in-force-from-today-or-a-later-day-on = Scegli oggi o un giorno che deve venire
wrong-missing-from-which-day-is-it-in-force = Scrivi da che giorno è in vigore
wrong-missing-a-scheme-has-at-least-one-class = Nel file non c’è nessuna voce
wrong-choose-the-file-again = Scegli di nuovo il file
wrong-line-n-not-a-class-code-such-as-n = Riga { $value } il codice non è come 6.3
wrong-not-a-class-code-such-as-n = Il codice non è come 6.3
wrong-line-n-a-whole-number-of-years-n-for-ever = Riga { $value } gli anni sono un numero intero, 9999 per sempre
wrong-a-whole-number-of-years-n-for-ever = Gli anni sono un numero intero, 9999 per sempre
wrong-line-n-has-another-number-of-cells-than-the-heading = Riga { $value } ha un altro numero di celle rispetto all’intestazione
wrong-no-heading-the-first-line-names-the-columns = Manca l’intestazione: la prima riga dà il nome alle colonne
wrong-its-letters-are-no-n-from-byte-n-on-save-it-again-as-n = Le lettere del file non si leggono: salvalo di nuovo come CSV UTF-8
wrong-its-letters-are-not-written-in-the-encoding-it-begins-with = Le lettere del file non si leggono: salvalo di nuovo come CSV UTF-8
wrong-at-most-n-bytes = Al massimo { $value } byte
wrong-at-most-n-classes = Al massimo { $value } voci
wrong-the-scheme-is-so-already-on-that-day = In quel giorno il titolario è già così.
wrong-unknown-attribute = Attributo sconosciuto: { $value }
wrong-unknown-element = Elemento sconosciuto: { $value }

# Uffici nel tempo.
office-state-open = aperto
office-state-future = non ancora aperto
office-state-ended = chiuso
office-is-now = Com’è adesso
office-holds = Che cosa ha adesso
office-holds-entries = { $count ->
    [one] una registrazione assegnata
   *[other] { $count } registrazioni assegnate
  }
office-holds-dossiers = { $count ->
    [one] un fascicolo aperto
   *[other] { $count } fascicoli aperti
  }
office-holds-users = { $count ->
    [one] una persona
   *[other] { $count } persone
  }
office-holds-offices = { $count ->
    [one] un ufficio sotto
   *[other] { $count } uffici sotto
  }
office-above-hint = Chi è in un ufficio lavora anche in quelli sotto.
office-first-day = Primo giorno
office-last-day = Ultimo giorno
office-last-day-hint = Dopo quel giorno non prende più nulla di nuovo e tiene quello che ha. Per riaprirlo, togli la data.
office-ipa = Codice univoco ufficio (IPA)
office-ipa-hint = Serve nei metadati. Si trova nell’Indice delle pubbliche amministrazioni.
office-former-names = Nomi di prima
office-until = fino al { $value }
sends-offices-code = Cambia l’ufficio { $value }
field-ipa = Codice univoco ufficio (IPA)
field-pec = PEC
field-email = E-mail
refused-ipa = Non è un codice IPA: lettere, cifre, trattini e punti.
refused-outlived = Prima chiudi o sposta gli uffici sotto: { $value }.
refused-office-ended = L’ufficio { $value } è chiuso: scegline un altro.
refused-office-future = L’ufficio { $value } non è ancora aperto: scegline un altro.
wrong-an-office-cannot-stand-below-itself = Un ufficio non può stare sotto sé stesso
wrong-ends-on-n-before-this-office-choose-another = Quell’ufficio chiude prima di questo: scegline un altro
wrong-before-the-first-day = È prima del primo giorno
wrong-not-an-email-address = Non è un indirizzo e-mail
wrong-only-an-administration-has-codes-of-the-ipa = Solo un’amministrazione ha codici IPA

# Assenze e sostituti.
menu-absences = Assenze
own-absences = Le mie assenze
absences-of = Assenze di { $value }
absences-hint = Nei giorni di assenza chi sostituisce lavora anche su quello che è assegnato a chi manca e ai suoi uffici, con il proprio nome. Finisce da sé. Il motivo non si scrive.
no-absences = Nessuna assenza.
record-absence = Segna un’assenza
absence-from = Primo giorno di assenza
absence-until = Ultimo giorno di assenza
absence-substitute = sostituto: { $value }
absence-nobody = nessun sostituto
absence-end = Termina adesso
absence-end-of = Termina adesso l’assenza dal { $value }
absence-state-coming = in programma
absence-state-now = in corso
absence-state-over = finita
substitute = Chi sostituisce
substitute-nobody = Nessuno
substitute-hint = Deve lavorare come operatore e non essere assente negli stessi giorni.
standing-in-for = Sostituisci { $value }
standing-in-until = fino al { $value }.
given-name = Nome
family-name = Cognome
family-name-hint = Nome e cognome, distinti, servono nei metadati dei documenti.
sends-users-name-absences = Segna un’assenza di { $value }
sends-users-name-absences-absence = Termina un’assenza di { $value }
field-away_from = Primo giorno di assenza
field-away_until = Ultimo giorno di assenza
field-substitute = Chi sostituisce
field-given_name = Nome
field-family_name = Cognome
wrong-a-day-that-is-over = È un giorno passato
wrong-at-most-n-days = Al massimo { $value } giorni
wrong-away-already-from-n-to-n-end-that-first = In quei giorni c’è già un’assenza, dal { $value }: terminala prima
wrong-nobody-stands-in-for-himself = Nessuno sostituisce sé stesso
wrong-is-no-officer-and-cannot-do-an-officers-work = Non è un operatore: non può fare questo lavoro
wrong-is-away-from-n-to-n-choose-another = È assente anche lui, dal { $value }: scegli un altro
wrong-the-absence-is-over-already = L’assenza è già finita.

# Codici IPA di un’amministrazione.
filing-ipa = Codici IPA
filing-ipa-hint = Se è un’amministrazione, con i codici IPA la segnatura e i metadati la indicano con certezza.
filing-ipa-body = Codice IPA
filing-ipa-area = Codice AOO
filing-ipa-unit = Codice ufficio
field-who-ipa-body = Codice IPA
field-who-ipa-area = Codice AOO
field-who-ipa-unit = Codice ufficio
back-to-list = Torna all’elenco
field-operator = Chi registra

# Emergency registers that come home
emergency-home = Riporta un registro di emergenza
emergency-what = Il file che il computer dell’emergenza ha tenuto con «tabularium emergency». Ogni sua riga riceve il numero ordinario e conserva il suo accanto (DPR 445/2000, art. 63). Riportato due volte si registra una volta sola.
emergency-file = File del registro di emergenza
emergency-class = Voce per le righe che non ne hanno
emergency-class-none = Nessuna: ogni riga ha la sua
emergency-class-hint = Nell’emergenza la classificazione può mancare.
emergency-send = Riporta e registra
emergency-refused = Il file non è stato accettato: non è stato registrato nulla.
emergency-registered = { $count ->
    [one] È stata registrata una riga.
   *[other] Sono state registrate { $count } righe.
}
emergency-nothing-new = Era già stato riportato tutto: nulla di nuovo da registrare.
emergency-not-closed = Il registro di emergenza non è ancora chiuso: riporta il file di nuovo dopo la chiusura.
emergency-overlaps = Il suo periodo si sovrappone a quello di un altro registro di emergenza già riportato.
emergency-numbers = Numeri di emergenza e numeri ordinari
emergency-ordinary = Numero ordinario
emergency-days = Registrazioni per giorno
emergency-another = Riporta un altro file
wrong-is-larger-than-any-such-file = è troppo grande per essere un file di questo tipo
sends-registers-register-emergency = Riporta un registro di emergenza in { $value }
wrong-line-n-the-line-before-it-is-not-the-one-that-was-written-it-was-altered = Riga { $value } quella che la precede non è quella che era stata scritta: il file è stato alterato
wrong-line-n-an-emergency-register-begins-with-its-cause-and-act = Riga { $value } un registro di emergenza comincia con la causa e il provvedimento: non è uno di questi file
wrong-line-n-there-is-no-line-in-it = Il file è vuoto
wrong-line-n-it-stands-behind-the-end-of-the-register = Riga { $value } sta dopo la chiusura del registro
wrong-line-n-its-time-is-before-that-of-the-line-before-it = Riga { $value } la sua ora precede quella della riga prima
wrong-line-n-a-register-begins-once = Riga { $value } un registro comincia una volta sola
wrong-line-n-its-counts-by-day-are-not-those-of-the-lines = Riga { $value } i totali per giorno non sono quelli delle righe
