//! What the process uses of the machine, under the names that Prometheus' own clients use.

use std::sync::{Arc, Once};

use metrics::{Gauge, describe_gauge, gauge};

/// Figures of the process. On systems other than Linux only the build is reported.
#[derive(Clone, Debug)]
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "read on Linux alone"))]
pub struct Process {
    /// A gauge, because the recorder's counters hold only whole numbers.
    cpu_seconds: Gauge,
    resident_bytes: Gauge,
    virtual_bytes: Gauge,
    threads: Gauge,
    open_fds: Gauge,
    max_fds: Gauge,
    start_seconds: Gauge,
    started: Arc<Once>,
}

impl Process {
    /// Handles into the current registry.
    pub(super) fn new() -> Self {
        describe_gauge!("process_cpu_seconds_total", "User and system CPU time, seconds");
        describe_gauge!("process_resident_memory_bytes", "Resident memory, bytes");
        describe_gauge!("process_virtual_memory_bytes", "Virtual memory, bytes");
        describe_gauge!("process_threads", "Threads of the process");
        describe_gauge!("process_open_fds", "Open file descriptors");
        describe_gauge!("process_max_fds", "Open file descriptors that the system allows");
        describe_gauge!("process_start_time_seconds", "Start of the process since 1970, seconds");
        describe_gauge!("drumbeat_build_info", "1, with the version that runs as a label");
        gauge!("drumbeat_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        Self {
            cpu_seconds: gauge!("process_cpu_seconds_total"),
            resident_bytes: gauge!("process_resident_memory_bytes"),
            virtual_bytes: gauge!("process_virtual_memory_bytes"),
            threads: gauge!("process_threads"),
            open_fds: gauge!("process_open_fds"),
            max_fds: gauge!("process_max_fds"),
            start_seconds: gauge!("process_start_time_seconds"),
            started: Arc::new(Once::new()),
        }
    }

    /// Reads the figures of the process again. A figure that the system does not report stays as it
    /// was.
    #[cfg(target_os = "linux")]
    pub fn update(&self) {
        use procfs::process::{LimitValue, Process};
        use procfs::{Current, Uptime, page_size, ticks_per_second};
        use std::time::{SystemTime, UNIX_EPOCH};

        let Ok(process) = Process::myself() else { return };
        if let Ok(stat) = process.stat() {
            let seconds = |ticks: u64| ticks as f64 / ticks_per_second() as f64;
            self.cpu_seconds.set(seconds(stat.utime + stat.stime));
            self.resident_bytes.set((stat.rss * page_size()) as f64);
            self.virtual_bytes.set(stat.vsize as f64);
            self.threads.set(stat.num_threads as f64);
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            // Only once: computed again it would differ by the clocks' resolution.
            if let (Ok(now), Ok(uptime)) = (now, Uptime::current()) {
                self.started.call_once(|| {
                    let age_s = uptime.uptime - seconds(stat.starttime);
                    self.start_seconds.set(now.as_secs_f64() - age_s);
                });
            }
        }
        if let Ok(open_fds) = process.fd_count() {
            self.open_fds.set(open_fds as f64);
        }
        if let Ok(limits) = process.limits()
            && let LimitValue::Value(max_fds) = limits.max_open_files.soft_limit
        {
            self.max_fds.set(max_fds as f64);
        }
    }

    /// Does nothing on this system.
    #[cfg(not(target_os = "linux"))]
    pub fn update(&self) {}
}
