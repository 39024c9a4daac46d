//! Cores of the processor: who runs on which, and for how long. Only Linux is asked.

use std::time::Duration;

use crate::shell::{Failure, Result};

/// One core for each side, so that neither waits for the other.
#[derive(Clone, Copy)]
pub(super) struct Cores {
    pub(super) load: usize,
    pub(super) workerd: usize,
}

#[cfg(target_os = "linux")]
mod system {
    use nix::Result;
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    use nix::time::{ClockId, clock_gettime};
    use nix::unistd::Pid;

    use super::Duration;

    /// Which ones this thread may run on.
    pub(super) fn allowed() -> Result<Vec<usize>> {
        let set = sched_getaffinity(Pid::from_raw(0))?;
        Ok((0..CpuSet::count()).filter(|core| set.is_set(*core).unwrap_or(false)).collect())
    }

    /// Keeps this thread to these, and whatever it starts from now on.
    pub(super) fn keep_to(cores: &[usize]) -> Result<()> {
        let mut set = CpuSet::new();
        for core in cores {
            set.set(*core)?;
        }
        sched_setaffinity(Pid::from_raw(0), &set)
    }

    pub(super) fn used_by(process: u32) -> Result<Duration> {
        let process = i32::try_from(process).map_err(|_| nix::errno::Errno::ESRCH)?;
        clock_gettime(ClockId::pid_cpu_clock_id(Pid::from_raw(process))?).map(Duration::from)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::Duration;

    type Result<T> = std::result::Result<T, &'static str>;

    const NEEDS_LINUX: &str = "this takes Linux";

    pub(super) fn allowed() -> Result<Vec<usize>> {
        Err(NEEDS_LINUX)
    }

    pub(super) fn keep_to(_: &[usize]) -> Result<()> {
        Err(NEEDS_LINUX)
    }

    pub(super) fn used_by(_: u32) -> Result<Duration> {
        Err(NEEDS_LINUX)
    }
}

impl Cores {
    /// The first that there is and the last: neighbours may share what they have.
    pub(super) fn choose() -> Result<Self> {
        let allowed = system::allowed().map_err(Failure::because("cores cannot be chosen"))?;
        match allowed.as_slice() {
            [load, .., workerd] => Ok(Self { load: *load, workerd: *workerd }),
            _ => Err(Failure::new("the benchmark needs two cores: one for workerd alone")),
        }
    }

    /// Does something on a core, with all threads and programs that it starts. Other threads of this
    /// program stay where they are.
    pub(super) fn on<T>(core: usize, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let failed = "a program cannot be kept to a core";
        let allowed = system::allowed().map_err(Failure::because(failed))?;
        system::keep_to(&[core]).map_err(Failure::because(failed))?;
        let done = work();
        system::keep_to(&allowed).map_err(Failure::because(failed))?;
        done
    }
}

/// What all threads of a program have used of processors until now.
pub(super) fn used_by(process: u32) -> Result<Duration> {
    system::used_by(process)
        .map_err(Failure::because("the system does not say what workerd used of processors"))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_on_a_core_stays_there() {
        let before = system::allowed().unwrap();
        let Some(last) = before.last().copied() else { return };
        let inside = || Ok(std::thread::spawn(system::allowed).join().unwrap().unwrap());
        assert_eq!(Cores::on(last, inside).unwrap(), [last]);
        assert_eq!(system::allowed().unwrap(), before);
    }

    #[test]
    fn use_of_the_processor_is_counted_finely() {
        let own = std::process::id();
        let before = used_by(own).unwrap();
        std::hint::black_box((0..1000_u64).fold(0, |sum, it| sum ^ std::hint::black_box(it)));
        let spent = used_by(own).unwrap().saturating_sub(before);
        assert!(spent > Duration::ZERO && spent < Duration::from_secs(1), "{spent:?}");
    }
}
