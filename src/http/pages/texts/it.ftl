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

## Register list
registers = Registri
filter-list = Filtra l’elenco
words = Parole (apre la ricerca)
all = Tutti
all-offices = Tutti gli uffici
all-entries = Mostra tutto
year = Anno
from-day = Dal giorno
to-day = Al giorno
show = Mostra
no-entries = Nessuna registrazione.
assign-ticked = Assegna le registrazioni selezionate
none-ticked = nessuna selezionata
one-ticked = 1 selezionata
many-ticked = selezionate
assign-to = A chi
assign-for = Perché
choose = Scegli…
nobody = Nessuno
assign = Assegna
assign-nothing-ticked = Seleziona almeno una registrazione.
assign-nobody-chosen = Scegli a chi assegnare.
mode-responsible = per competenza
mode-information = per conoscenza
tick = Seleziona
tick-all = Seleziona tutte
tick-entry = Seleziona { $value }
offices = Uffici
people = Persone
pages = Pagine dell’elenco
newest = Le più recenti
older = Più vecchie
assign-outcome = Esito dell’assegnazione
assigned-count = { $count ->
    [one] { $count } registrazione assegnata a
   *[other] { $count } registrazioni assegnate a
}
not-assigned-count = { $count ->
    [one] { $count } registrazione non è stata assegnata: guarda perché.
   *[other] { $count } registrazioni non sono state assegnate: guarda perché.
}
assigned = assegnata
not-assigned = non assegnata
back-to-list = Torna all’elenco

## Entry
mark = Segnatura
registration = Registrazione
registered = Registrata il
by = da
location = Collocazione
correspondents = Mittenti e destinatari
documents = Documenti
no-documents = Nessun documento: la copia va ancora aggiunta.
confidential-stub = Questa registrazione è riservata: puoi vedere solo numero e data. La tratta chi l’ha ricevuta in assegnazione.
assigned-to-nobody = nessuno
shown-to-parties = visibile agli interessati
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
history-entry-annulled = Annullata
history-entry-classified = Classificata
history-entry-assigned = Assegnata
history-entry-document-added = Aggiunto un documento
do-assignments = Assegna
do-classification = Classifica
do-annulment = Annulla la registrazione
do-documents = Aggiungi un documento
do-dossiers = Inserisci in un fascicolo
done-assignments = Assegnazione salvata.
done-classification = Classificazione salvata.
done-annulment = La registrazione è annullata. Resta leggibile.
done-documents = Documento aggiunto.
done-dossiers = Inserita nel fascicolo.
changed-meanwhile = Nel frattempo qualcuno l’ha modificata
changed-what-now = Così è adesso. Quello che avevi scritto è ancora qui sotto: controlla e, se va ancora bene, conferma.
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
download = Scarica
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
dossier = Fascicolo
signatures = Firme
said-by-file = Che cosa dichiara il file
parts-of-file = Contenuto del file
versions = Versioni
version = Versione

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
open-it = Apri
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
