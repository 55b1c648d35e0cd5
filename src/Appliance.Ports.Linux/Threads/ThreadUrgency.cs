using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>A thread that must run in time, however much others have to do (sched(7)).</summary>
public static partial class ThreadUrgency
{
    private const int CallingThread = 0;
    private const int RoundRobin = 2;                                   // SCHED_RR
    private const int LowestRealTime = 1;
    private const int OfProcess = 0;                                    // PRIO_PROCESS, which is a thread's to Linux
    private const int MostNice = -20;

    /// <summary>
    /// Puts the calling thread before all that are not of real time; where the kernel has that for nobody here, before most. It must work
    /// little and sleep often. False: neither is allowed (CAP_SYS_NICE).
    /// </summary>
    public static bool TryRaise()
    {
        int priority = LowestRealTime;                                  // struct sched_param
        return SetScheduler(CallingThread, RoundRobin, in priority) == 0 || SetPriority(OfProcess, CallingThread, MostNice) == 0;
    }

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    private static partial int SetScheduler(int thread, int policy, in int priority);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
