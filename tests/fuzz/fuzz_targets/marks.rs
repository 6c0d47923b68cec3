//! Is any content read as a mark or refused, and what was read written so that it is read again? What breaks a rule of
//! its own generation may be refused by the writer, and nothing else happens.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tabularium::exchange::{Carrier, Content, read};

fuzz_target!(|data: &[u8]| {
    let Ok(reading) = read(data) else { return };
    match reading.content {
        Content::Mark(mark) => {
            let Ok(written) = mark.write(Carrier::Cooperation) else { return };
            let again = read(written.canonical().as_bytes()).expect("what is written is read");
            let Content::Mark(again) = again.content else { panic!("a mark became a message") };
            assert_eq!((&again.identifier, &again.subject), (&mark.identifier, &mark.subject));
        }
        Content::Message(message) => {
            let Ok(written) = message.write() else { return };
            let again = read(written.as_bytes()).expect("what is written is read");
            assert!(matches!(again.content, Content::Message(_)));
        }
    }
});
