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
