using Appliance.Ports.Linux;
using Appliance.Simulation;

namespace Appliance.Running;

/// <summary>
/// A box of a pair plays failovers to itself before it joins. Code that never ran is compiled, or bound, when it first does: of a backup
/// all that it needs to take over and to forward, at the moment at which nobody else does, on a thread that must not be late. What
/// follows is a simulated pair of this same program, some tenths of a second's work, of which nothing is kept.
/// </summary>
internal static class Rehearsal
{
    private static bool s_isHeld;

    /// <summary>Once in a process: what another would compile is compiled.</summary>
    public static void Hold()
    {
        if (Interlocked.Exchange(ref s_isHeld, true)) return;
        Drill.Rehearse(MappedMemory.HugePages.Sparse);
        GC.Collect();                                                   // not when it is master
    }
}
