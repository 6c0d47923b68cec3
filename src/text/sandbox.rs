//! What may an extraction process still do once it reads a stranger's document? Next to nothing.
//!
//! Three fences, each for what the others leave open: limits on resources (every kernel has them), Landlock for files
//! (no writing anywhere; reading and starting only what the pass needs), and a filter of system calls. What is
//! forbidden fails with "not permitted" rather than killing: libraries that merely try, such as one that looks for a
//! network, go on without it, and an attacker gains nothing from trying twice. A kernel without Landlock or the filter
//! leaves the rest in force; [`Fences`] tells, so that the server can say it once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    RulesetCreatedAttr as _, RulesetStatus, Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    apply_filter,
};
use serde::{Deserialize, Serialize};

use super::program::OURSELVES;
use super::{Engines, Pass};
use crate::limits;

/// The newest rules that this program knows to ask for; an older kernel enforces what it has.
const RULES: ABI = ABI::V6;

/// Pipes of the process and of a program it asks, and a few for what the system's libraries open for a moment.
const OPEN_FILES: u64 = 32;

/// Gives way to everything that somebody waits for.
const NICENESS: i32 = 10;

/// What a program needs to be started and to run: libraries, fonts, the recogniser's data.
const READABLE: [&str; 13] = [
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/etc/ld.so.cache",
    "/etc/fonts",
    "/usr/share/fonts",
    "/usr/share/fontconfig",
    "/usr/share/poppler",
    "/usr/share/tesseract-ocr",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
];

/// What the system starts in a program's stead, to load its libraries.
const LOADERS: [&str; 4] = [
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
    "/lib/ld-musl-x86_64.so.1",
    "/lib/ld-musl-aarch64.so.1",
];

/// Set in the numbers of the system's second set of calls on this processor, which would pass beside the filter.
#[cfg(target_arch = "x86_64")]
const SECOND_SET: i64 = 0x4000_0000;

/// Calls that no reader of documents makes.
const FORBIDDEN: [i64; 66] = [
    // The network and other processes' sockets.
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_sendmmsg,
    libc::SYS_recvmsg,
    // Other processes.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_kcmp,
    // New surroundings.
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsmount,
    libc::SYS_fsconfig,
    libc::SYS_mount_setattr,
    // Keys, and memory that outlives or is shared beyond the process.
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_msgget,
    libc::SYS_semget,
    libc::SYS_mq_open,
    libc::SYS_memfd_create,
    // Parts of the kernel that are large, new, or not meant for us.
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_fanotify_init,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    libc::SYS_personality,
    libc::SYS_syslog,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_vhangup,
];

/// What `clone` may not be asked for: surroundings of its own.
const NEW_SURROUNDINGS: [libc::c_int; 7] = [
    libc::CLONE_NEWNS,
    libc::CLONE_NEWUTS,
    libc::CLONE_NEWIPC,
    libc::CLONE_NEWUSER,
    libc::CLONE_NEWPID,
    libc::CLONE_NEWNET,
    libc::CLONE_NEWCGROUP,
];

/// The fences that stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fences {
    /// The filter of system calls.
    pub calls: bool,
    /// Landlock's rules, as far as the kernel knows them.
    pub files: bool,
}

impl Fences {
    /// Those that this kernel does not have, for people.
    pub fn missing(self) -> impl Iterator<Item = &'static str> {
        let named = [(self.calls, "the filter of system calls"), (self.files, "Landlock")];
        named.into_iter().filter(|(stands, _)| !stands).map(|(_, name)| name)
    }
}

/// The limits on resources: before the first byte from outside is read.
pub(super) fn limit_resources() -> rustix::io::Result<()> {
    limit(Resource::Core, 0)?;
    // Pipes are no files: a process that only answers needs to write no file at all.
    limit(Resource::Fsize, 0)?;
    limit(Resource::Nofile, OPEN_FILES)?;
    limit_memory(limits::EXTRACT_ADDRESS_SPACE)
}

/// Bytes of address space, for this process and for each that it starts.
pub(super) fn limit_memory(most: u64) -> rustix::io::Result<()> {
    limit(Resource::As, most)
}

/// Lowers a limit; never raises one that is lower already.
fn limit(resource: Resource, most: u64) -> rustix::io::Result<()> {
    let most = Some(getrlimit(resource).maximum.map_or(most, |now| now.min(most)));
    setrlimit(resource, Rlimit { current: most, maximum: most })
}

/// The programs that a pass starts; without any, a process can start none at all and open no file at all.
fn programs(engines: &Engines, pass: Pass) -> Vec<PathBuf> {
    let second = engines.pdftotext.as_ref().filter(|_| engines.pdfium.is_none());
    let recognising = [&engines.tesseract, &engines.pdftoppm].map(Option::as_ref);
    let recognising = recognising.into_iter().filter(|_| pass == Pass::Recognising);
    recognising.chain([second]).flatten().map(|engine| engine.path.clone()).collect()
}

/// Raises the fences, after libraries were loaded and before the first document comes.
pub(super) fn enter(engines: &Engines, pass: Pass) -> Fences {
    let programs = programs(engines, pass);
    if pass == Pass::Recognising {
        // One that may not give way does its work all the same.
        let _as_before = rustix::process::setpriority_process(None, NICENESS);
    }
    let files = fence_files(&programs);
    Fences { files, calls: fence_calls(!programs.is_empty()) }
}

/// No process from here on, neither of this program nor of the one it becomes.
pub(super) fn forbid_processes() -> bool {
    let mut rules = BTreeMap::from([(libc::SYS_clone, only_threads())]);
    add_older_calls(&mut rules);
    add_second_set(&mut rules);
    filter(rules, libc::EPERM).is_some_and(|rules| apply_filter(&rules).is_ok())
}

/// Whether Landlock enforces anything here.
fn fence_files(programs: &[PathBuf]) -> bool {
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let start = AccessFs::ReadFile | AccessFs::Execute;
    let loaders: Vec<&Path> = LOADERS.map(Path::new).to_vec();
    let (readable, started) = match programs {
        [] => (Vec::new(), Vec::new()),
        some => {
            let ourselves = [Path::new(OURSELVES)].into_iter().chain(loaders);
            (READABLE.to_vec(), some.iter().map(PathBuf::as_path).chain(ourselves).collect())
        }
    };
    let fenced = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(RULES))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(RULES)))
        .and_then(|rules| rules.scope(Scope::from_all(RULES)))
        .and_then(Ruleset::create)
        .and_then(|rules| rules.add_rules(path_beneath_rules(readable, read)))
        .and_then(|rules| rules.add_rules(path_beneath_rules(started, start)))
        .and_then(|rules| rules.restrict_self());
    fenced.is_ok_and(|status| status.ruleset != RulesetStatus::NotEnforced)
}

/// Whether the filter stands. Threads may be started in any case, programs only where the pass has some.
fn fence_calls(programs: bool) -> bool {
    // Its flags lie in memory, where no filter sees them: as if this kernel had only the older call.
    let unseen = filter([(libc::SYS_clone3, Vec::new())].into(), libc::ENOSYS);
    let Some((unseen, forbidden)) = unseen.zip(filter(forbidden(programs), libc::EPERM)) else { return false };
    apply_filter(&unseen).and_then(|()| apply_filter(&forbidden)).is_ok()
}

fn forbidden(programs: bool) -> BTreeMap<i64, Vec<SeccompRule>> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = FORBIDDEN.iter().map(|call| (*call, Vec::new())).collect();
    let mut clone: Vec<_> = NEW_SURROUNDINGS.iter().filter_map(|flag| clone_with(*flag as u64, *flag as u64)).collect();
    if !programs {
        rules.extend([libc::SYS_execve, libc::SYS_execveat].map(|call| (call, Vec::new())));
        add_older_calls(&mut rules);
        clone.extend(only_threads());
    }
    rules.insert(libc::SYS_clone, clone);
    add_second_set(&mut rules);
    rules
}

/// A call of `clone` that is for more than a thread.
fn only_threads() -> Vec<SeccompRule> {
    clone_with(libc::CLONE_THREAD as u64, 0).into_iter().collect()
}

/// The calls that `clone` has replaced, where the processor's set has them.
fn add_older_calls(rules: &mut BTreeMap<i64, Vec<SeccompRule>>) {
    #[cfg(target_arch = "x86_64")]
    rules.extend([libc::SYS_fork, libc::SYS_vfork].map(|call| (call, Vec::new())));
    #[cfg(not(target_arch = "x86_64"))]
    let _none = rules;
}

fn add_second_set(rules: &mut BTreeMap<i64, Vec<SeccompRule>>) {
    #[cfg(target_arch = "x86_64")]
    for (call, conditions) in rules.clone() {
        rules.insert(call | SECOND_SET, conditions);
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _none = rules;
}

/// A call of `clone` whose flags, as far as `mask` shows them, are these.
fn clone_with(mask: u64, flags: u64) -> Option<SeccompRule> {
    let condition = SeccompCondition::new(0, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(mask), flags).ok()?;
    SeccompRule::new(vec![condition]).ok()
}

/// `None` on a processor that the filter does not know.
fn filter(rules: BTreeMap<i64, Vec<SeccompRule>>, error: libc::c_int) -> Option<BpfProgram> {
    let error = SeccompAction::Errno(error.cast_unsigned());
    let processor = std::env::consts::ARCH.try_into().ok()?;
    SeccompFilter::new(rules.into_iter().collect(), SeccompAction::Allow, error, processor).ok()?.try_into().ok()
}
