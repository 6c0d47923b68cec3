//! Every bound of the program, named. Sizes are in bytes unless the name says otherwise.

pub const KIB: u64 = 1024;
pub const MIB: u64 = 1024 * KIB;
pub const GIB: u64 = 1024 * MIB;

/// Contents up to this size go into packs; larger ones become a file each.
pub const PACKED_CONTENT_MAX: u64 = MIB;
/// A pack is sealed when it has reached this size …
pub const PACK_SIZE: u64 = 256 * MIB;
/// … or this many members, short of the 65,535 that a ZIP without extensions can count.
pub const PACK_MEMBERS: usize = 65_000;
/// A journal segment ends at the first batch that reaches this size.
pub const SEGMENT_SIZE: u64 = 64 * MIB;
/// One journal line, at most.
pub const LINE_MAX: usize = 2 * 1024 * 1024;

/// Uploaded contents held in memory until they are referred to; beyond this they wait in `incoming/`.
pub const STAGED_MEMORY_MAX: u64 = 48 * MIB;
/// Seconds for which an upload that nothing refers to is kept.
pub const STAGED_SECONDS: i64 = 24 * 3600;
/// One uploaded content, at most.
pub const UPLOAD_MAX: u64 = 64 * GIB;

/// Below this much free space a batch is refused before it touches the disk.
pub const FREE_SPACE_MIN: u64 = 64 * MIB;
/// The file that is given back when the disk is full, so that the last things can still be said.
pub const RESERVE: u64 = 64 * MIB;

/// Commands that share one group commit.
pub const BATCH_COMMANDS: usize = 256;
/// Contents, and bytes of those that go into packs, after which a batch takes no further command: a pack counts at most
/// 65,535 members and 2 GiB, and one command may bring 501 contents of 1 MiB.
pub const BATCH_CONTENTS: usize = 16_384;
pub const BATCH_BYTES: u64 = 256 * MIB;

/// Events by which the index may be behind before a batch waits for it, a millisecond for so many more, and at most.
pub const INDEX_BEHIND: u64 = 3_000;
pub const INDEX_BEHIND_EVENTS_PER_MS: u64 = 200;
pub const INDEX_WAIT_MS_MAX: u64 = 25;
/// Events by which an index is behind that is being rebuilt.
pub const INDEX_REBUILDING: u64 = 100_000;

/// How often it is looked whether a day is over and its registers are to be formed, in milliseconds.
pub const FORM_MS: u64 = 1_000;
/// Registers that one command brings in while days are caught up with, and bytes after which it takes no more.
pub const REGISTERS_AT_ONCE: usize = 32;
pub const REGISTER_BYTES_AT_ONCE: u64 = 8 * MIB;
/// Seconds after midnight when a daily register that is not formed is called late.
pub const REGISTER_LATE_SECONDS: i64 = 3_600;

/// JSON bodies of the API.
pub const JSON_BODY_MAX: usize = 1024 * 1024;
/// A subject or title, in characters.
pub const SUBJECT_CHARS_MAX: usize = 4_000;
/// Any other single text of a request, in characters.
pub const TEXT_CHARS_MAX: usize = 4_000;
/// A register's code, in characters (Allegato 6, `CodiceRegistro`).
pub const REGISTER_CODE_MAX: usize = 16;
/// The JSON Schema of a register's own fields, in bytes.
pub const REGISTER_SCHEMA_MAX: usize = 16 * 1024;
/// Assignments that one thing is done with at once.
pub const INBOX_WORK_MAX: usize = 200;
/// Correspondents, attachments, assignments, parties: each list of an entry or dossier.
pub const LIST_ITEMS_MAX: usize = 500;
/// Rows a page of a list has unless asked otherwise, and at most.
pub const PAGE_DEFAULT: usize = 50;
pub const PAGE_MAX: usize = 500;
/// Seconds an event reader may ask to wait.
pub const EVENT_WAIT_SECONDS_MAX: u64 = 60;

/// Seconds by which the machine's clock may be behind the last entry before the server refuses to start.
pub const CLOCK_BEHIND_SECONDS_MAX: i64 = 300;

/// Memory that the catalogue may use for its pages.
pub const CATALOGUE_CACHE: u64 = 64 * MIB;

/// Extraction processes at most.
pub const EXTRACT_PROCESSES: usize = 2;
/// Text extracted from one document, and kept.
pub const TEXT_MAX: usize = 16 * 1024 * 1024;
/// Text that is searched of one item, all its documents together: some 2,700 pages. The index takes in one item after
/// the other, and others wait meanwhile: twice as much, of words that stand once each, took it five seconds …
pub const INDEX_TEXT_MAX: usize = 8 * 1024 * 1024;
/// … and of each of its documents in any case.
pub const INDEX_TEXT_MIN: usize = 64 * 1024;
/// Address space of an extraction process.
pub const EXTRACT_ADDRESS_SPACE: u64 = 2 * GIB;
/// Seconds one document may take to extract.
pub const EXTRACT_SECONDS: u64 = 20;
/// Contents larger than this are not handed to extraction.
pub const EXTRACT_INPUT_MAX: u64 = 256 * MIB;
/// Seconds that the built-in reader may take over a PDF that another has read already.
pub const EXTRACT_SECOND_OPINION_SECONDS: u64 = 4;
/// Pages of one document that are looked at.
pub const PAGES_COUNTED_MAX: usize = 20_000;
/// Processes that recognise letters in images; they give way to all others.
pub const RECOGNISE_PROCESSES: usize = 1;
/// Documents with letters to recognise that are remembered; the index knows the others.
pub const RECOGNISE_HELD: usize = 10_000;
/// Seconds that recognising the letters of one document may take, and of one page: 1 to 5 on an idle machine, but it gives
/// way to all others.
pub const RECOGNISE_SECONDS: u64 = 300;
pub const RECOGNISE_PAGE_SECONDS: u64 = 90;
/// Pages of one document whose letters are recognised.
pub const RECOGNISE_PAGES_MAX: usize = 20;
/// An image with fewer points is a logo or an icon, not a page: A4 with 72 to the inch has half a million.
pub const RECOGNISE_POINTS_MIN: u64 = 200_000;
/// Points of a page that is drawn to be recognised: A4 with 300 to the inch has 8.7 million.
pub const RECOGNISE_POINTS_MAX: usize = 12_500_000;
/// Seconds in which a program that helps to read must have told its version.
pub const ENGINE_ANSWER_SECONDS: u64 = 5;
/// Documents within documents: a signed contract in a ZIP in a certified message in its receipt has six.
pub const EXTRACT_DEPTH_MAX: usize = 12;
/// Parts of one document that are read, at all depths.
pub const EXTRACT_PARTS_MAX: usize = 1_000;
/// Bytes that one document may unpack to, all parts and depths together …
pub const EXTRACT_UNPACKED_MAX: u64 = 512 * MIB;
/// … and how many times its own size: office texts reach 20, blank scans 100 …
pub const EXTRACT_RATIO_MAX: u64 = 250;
/// … which is asked only of what unpacks to more than this.
pub const EXTRACT_RATIO_FROM: u64 = 32 * MIB;
/// Stack of the thread that reads: readers are not recursive, but libraries may be. Only what is touched costs memory.
pub const EXTRACT_STACK: usize = 64 * 1024 * 1024;

/// Seconds after which a document whose reader could not start, crashed or ran out of time is tried again …
pub const TEXT_RETRY_SECONDS: u64 = 60;
/// … each time after twice as long, so often …
pub const TEXT_RETRIES_MAX: u32 = 5;
/// … and so many of them at the same time: the others wait for the next start.
pub const TEXT_RETRIES_HELD: usize = 10_000;
/// Texts read again that the index has not taken in yet: more are not read meanwhile.
pub const TEXTS_RENEWED_AT_ONCE: usize = 256;

/// Milliseconds between two things that the self-audit looks at.
pub const AUDIT_MS: u64 = 1_000;
/// Larger contents are not read whole by it: `verify` does that.
pub const AUDIT_CONTENT_MAX: u64 = 64 * MIB;
/// Packs, and journal segments, that are open for reading at the same time.
pub const OPEN_FILES: usize = 64;
/// Bytes written or read at once where a whole is streamed.
pub const STREAM_CHUNK: usize = 1024 * 1024;

/// Failed tries to sign in that one name may make in a minute from one address.
pub const SIGN_IN_TRIES_PER_MINUTE: u32 = 10;
/// Passwords that are checked at the same time: each check takes 19 MiB of memory by design.
pub const SIGN_INS_AT_ONCE: usize = 2;
/// Passwords that wait to be checked; more are told to come back.
pub const SIGN_INS_WAITING: usize = 32;
/// Dossier packages that are made at the same time: each holds a thread for as long as its reader takes.
pub const PACKAGES_AT_ONCE: usize = 16;
/// An `Idempotency-Key`, in characters.
pub const IDEMPOTENCY_KEY_MAX: usize = 255;
/// Seconds after which an event stream ends; its reader comes back with `Last-Event-ID` and is asked again who it is.
pub const EVENT_STREAM_SECONDS_MAX: u64 = 900;
/// Seconds after which an idle event stream says that it is alive.
pub const EVENT_HEARTBEAT_SECONDS: u64 = 15;
/// Connections that one server thread holds open.
pub const CONNECTIONS_MAX: usize = 4_096;
/// Memory of the index for items not yet in a segment.
pub const INDEX_HEAP: usize = 64 * 1000 * 1000;
/// Segments of like size that are merged into one.
pub const INDEX_MERGED_AT_ONCE: usize = 4;
/// Share of a segment's items that may be replaced or gone before it is written anew.
pub const INDEX_DELETED_SHARE_MAX: f64 = 0.2;
/// Stems remembered while indexing: 4 MiB, several times the vocabulary of a town.
pub const INDEX_STEMS_CACHED: usize = 65_536;
/// Stems remembered for one query and the texts that are shown for it: 64 KiB.
pub const QUERY_STEMS_CACHED: usize = 1024;
/// A longer run of letters is encoded bytes, not a word; a digest in hexadecimal still fits.
pub const INDEX_WORD_BYTES_MAX: usize = 100;
/// Words and conditions in one query.
pub const QUERY_LEAVES_MAX: usize = 64;
/// Parentheses within parentheses.
pub const QUERY_DEPTH_MAX: usize = 16;
/// Letters a prefix must have: a shorter one is half the dictionary.
pub const QUERY_PREFIX_LETTERS_MIN: usize = 2;
/// Words that may stand between those of a phrase.
pub const QUERY_SLOP_MAX: u32 = 50;
/// Pairs of neighbouring words that are rewarded for standing together.
pub const QUERY_PAIRS_MAX: usize = 7;
/// Words of a query for which others are proposed, and spellings of each that are looked up under the reader's view.
pub const DID_YOU_MEAN_WORDS_MAX: usize = 8;
pub const DID_YOU_MEAN_SPELLINGS_MAX: usize = 64;
/// Items that are counted where only the order of magnitude matters.
pub const COUNTED_MAX: usize = 1_000;
/// Similar spellings tried for one word.
pub const QUERY_SPELLINGS_MAX: usize = 256;
/// Threads that go through segments, for each core: more than one, so that a dear search does not hold up cheap ones.
pub const SEARCH_THREADS_PER_CORE: usize = 4;
/// Milliseconds after which a search ends with what it has.
pub const QUERY_MILLISECONDS_MAX: u64 = 2_000;
/// Memory for the items that views and filters admit, one bit each: some 250 of them at a million items …
pub const INDEX_SETS_BYTES: usize = 32 * 1024 * 1024;
/// … and how many of them, each in one segment.
pub const INDEX_SETS_MAX: usize = 8_192;
/// Values of one facet in an answer.
pub const FACET_VALUES_MAX: usize = 200;
/// Days, weeks, months or years of a date histogram; where there would be more, longer ones are given.
pub const HISTOGRAM_BUCKETS_MAX: usize = 800;
/// Bytes of a text from which the words are taken by which others are like it, and how many of these words.
pub const SIMILAR_TEXT_BYTES: usize = 64 * 1024;
pub const SIMILAR_WORDS: usize = 12;
/// Rows of exported results, and bytes of their cells: a table of either is held in memory.
pub const EXPORT_ROWS_MAX: usize = 10_000;
pub const EXPORT_BYTES_MAX: usize = 32 * MIB as usize;
/// Exports that are made at the same time.
pub const EXPORTS_AT_ONCE: usize = 4;
/// Searches that one user may save, and that are remembered of one user …
pub const SAVED_SEARCHES_MAX: usize = 100;
pub const RECENT_SEARCHES_MAX: usize = 50;
/// Things that a user keeps starred, and that are remembered as opened.
pub const STARRED_MAX: usize = 200;
pub const OPENED_MAX: usize = 30;
/// … none of them longer than this, in characters.
pub const RECENT_SEARCH_CHARS_MAX: usize = 1_000;
/// Users whose saved and recent searches are held in memory when nobody asks for them.
pub const DESKS_HELD: usize = 1_000;
/// Bytes of a text looked through for a snippet.
pub const SNIPPET_SCAN_BYTES: usize = 512 * 1024;

/// One line on the control socket.
pub const CONTROL_LINE_MAX: u64 = MIB;
/// Conversations on the control socket at the same time.
pub const CONTROL_CONVERSATIONS: usize = 64;
/// Bytes of an emergency register: some weeks of a large counter.
pub const EMERGENCY_FILE_MAX: u64 = 16 * MIB;
/// Characters of the name of an earlier system.
pub const SOURCE_CHARS_MAX: usize = 200;
/// Bytes of an earlier register that is read whole: a million lines, and more than a request may have.
pub const EARLIER_FILE_MAX: u64 = 2 * GIB;
/// Bytes of earlier entries that one request may import.
pub const EARLIER_BODY_MAX: usize = 16 * 1024 * 1024;
/// Bytes of lines of an earlier register that are handed over at once.
pub const EARLIER_CHUNK_MAX: u64 = 256 * MIB;
/// Lines of an earlier register that are handed over at once.
pub const EARLIER_LINES_AT_ONCE: usize = 256;
/// Files an import has under way at the same time: enough for the writer to share its fsyncs among them.
pub const IMPORT_AT_ONCE: usize = 32;
/// Members of a ZIP that is imported.
pub const IMPORT_MEMBERS_MAX: usize = 1_000_000;
/// One member of a ZIP that is imported.
pub const IMPORT_MEMBER_MAX: u64 = 4 * GIB;
/// How many times its packed size the contents of a ZIP may have: office texts reach 20, blank scans 100 …
pub const IMPORT_RATIO_MAX: u64 = 250;
/// … which is asked only of a ZIP that unpacks to more than this.
pub const IMPORT_RATIO_FROM: u64 = 64 * MIB;
/// The path of an imported file within its folder or ZIP.
pub const IMPORT_PATH_BYTES_MAX: usize = 4_000;
/// Free space on the projections' disk from which writing them is tried again after it was full.
pub const PROJECTION_ROOM: u64 = 8 * MIB;
/// A catalogue or an index up to this size is read whole at start, to find what is damaged; larger ones meanwhile.
pub const CHECKED_AT_START: u64 = 32 * MIB;
/// Uploads of which it is remembered who sent them, after somebody's entry has taken their bytes.
pub const UPLOADS_REMEMBERED: usize = 65_536;

/// Drawing processes at most: each draws the first page of one PDF.
pub const RENDER_PROCESSES: usize = 2;
/// Requests that wait for one of them; more are told to come back.
pub const RENDER_WAITING_MAX: usize = 32;
/// Seconds one page may take to draw, and one request may wait for its turn.
pub const RENDER_SECONDS: u64 = 5;
/// Address space of a drawing process; it holds the document in memory.
pub const RENDER_ADDRESS_SPACE: u64 = GIB;
/// Contents larger than this are not drawn.
pub const RENDER_INPUT_MAX: u64 = 256 * MIB;
/// Stamping processes at most: each lays the mark over one PDF.
pub const STAMP_PROCESSES: usize = 2;
/// Seconds one document may take to be stamped, and one request may wait for its turn.
pub const STAMP_SECONDS: u64 = 10;
/// Documents larger than this are not stamped: the server holds them in memory, and the process several times over.
pub const STAMP_INPUT_MAX: u64 = 64 * MIB;
/// What stamping adds: the box with its letters, the page as it is then, and tables of objects, one where it was wrong.
pub const STAMP_ADDED_MAX: u64 = 16 * MIB;
/// A thumbnail: 320 by 320 points of three bytes that no compression helps, and some.
pub const THUMBNAIL_MAX: u64 = 384 * KIB;
/// Thumbnails kept in memory.
pub const THUMBNAILS_KEPT: usize = 8 * 1024 * 1024;
/// Seconds after which a page that could not be drawn may be tried again.
pub const THUMBNAIL_RETRY_SECONDS: u64 = 600;

/// A mark or message of protocol that is read: a hundred attachments take a tenth of it.
pub const MARK_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Elements in one.
pub const MARK_ELEMENTS_MAX: usize = 50_000;
/// Attributes of one of its elements: no schema has more than five.
pub const MARK_ATTRIBUTES_MAX: usize = 24;
/// Elements within each other; offices within offices take the most.
pub const MARK_DEPTH_MAX: usize = 48;
/// A register code in a mark.
pub const MARK_REGISTER_CHARS_MAX: usize = 16;
/// Marks that are sealed at the same time: a token signs one after the other anyway.
pub const SEALS_AT_ONCE: usize = 4;
/// Entries whose seal waits for a signer that is away.
pub const SEALS_WAITING_MAX: usize = 100_000;
/// Seconds in which a signer that has not answered is not asked again.
pub const SEAL_RETRY_SECONDS: u64 = 5;
/// Seconds that the signer may take for one seal, where the configuration does not say.
pub const SEAL_SECONDS: u64 = 10;
/// A signature: that of the longest key takes half of it.
pub const SIGNATURE_MAX: u64 = 2 * KIB;

/// Classes of a classification scheme; that of the Italian municipalities has some hundred.
pub const SCHEME_CLASSES_MAX: usize = 5_000;
/// Bytes of a scheme that is brought in as CSV or XML; it becomes one line of the journal.
pub const SCHEME_BYTES_MAX: usize = MIB as usize;
/// Letters of a code of the IPA; those in use have at most 16.
pub const IPA_CODE_CHARS_MAX: usize = 32;
/// Days of one absence: two years.
pub const ABSENCE_DAYS_MAX: i32 = 731;
