using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>A thread that must run in time, however much others have to do (sched(7)).</summary>
public static partial class ThreadUrgency
{
    private const int CallingThread = 0;
    private const int Usual = 0;                                        // SCHED_OTHER
    private const int RoundRobin = 2;                                   // SCHED_RR
    private const int NotInherited = 0x4000_0000;                       // SCHED_RESET_ON_FORK
    private const int NotRealTime = 0;
    private const int LowestRealTime = 1;
    private const int OfProcess = 0;                                    // PRIO_PROCESS, which is a thread's to Linux
    private const int MostNice = -20;

    /// <summary>
    /// Puts the calling thread before all that are not of real time; where the kernel has that for nobody here, before most. It must work
    /// little and sleep often. What it begins is a thread like others: the runtime's compiler is, where it is this thread that needs it
    /// first, and works for seconds. False: neither is allowed (CAP_SYS_NICE).
    /// </summary>
    public static bool TryRaise()
    {
        if (SetScheduler(CallingThread, RoundRobin | NotInherited, LowestRealTime) == 0) return true;
        _ = SetScheduler(CallingThread, Usual | NotInherited, NotRealTime);
        return SetPriority(OfProcess, CallingThread, MostNice) == 0;
    }

    /// <param name="parameter">struct sched_param: the priority, which is of real time only.</param>
    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    private static partial int SetScheduler(int thread, int policy, in int parameter);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
