using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// The two states of each frame of a batch. The cache is asked for all of them before the first is looked at, in loops that do nothing
/// else: among other work, every request whose page is not known holds that up. It is the second cache that is asked. The first one has
/// room for a few requests only, and drops those beyond; the second takes them all.
/// </summary>
internal sealed unsafe class StatePairs
{
    private const int MaxFrames = FrameBatch.DefaultCapacity;

    private readonly nint[] _came = GC.AllocateArray<nint>(MaxFrames, pinned: true);
    private readonly nint[] _leaves = GC.AllocateArray<nint>(MaxFrames, pinned: true);
    private readonly AlignedArray<FlowRecord> _nobody = new(1);         // pinned

    public StatePairs() => Nobody->PartnerIndex = FlowRecord.Nobody;

    /// <summary>Where the look-up writes what it found, a hit for each frame.</summary>
    public FlowHit[] Hits { get; } = new FlowHit[MaxFrames];

    /// <summary>Instead of what is not there, so that nothing need be asked: a state without partner or way that has expired.</summary>
    public FlowRecord* Nobody => (FlowRecord*)Unsafe.AsPointer(ref _nobody[0]);

    /// <summary>By frame: the state that it came in by.</summary>
    public FlowRecord** Came => (FlowRecord**)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_came));

    /// <summary>By frame: the state that it leaves by.</summary>
    public FlowRecord** Leaves => (FlowRecord**)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_leaves));

    /// <summary>Finds the states that <see cref="Hits"/> tell of, and asks for what will be touched of them.</summary>
    /// <param name="states">All of the table.</param>
    /// <param name="frames">Of the batch.</param>
    /// <param name="hasSegments">Whether trackers will be looked at.</param>
    public void Ask(FlowRecord* states, int frames, bool hasSegments)
    {
        AskWays(states, Hits.AsSpan(0, frames), hasSegments);
        AskPartners(states, frames, hasSegments);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AskWays(FlowRecord* states, ReadOnlySpan<FlowHit> hits, bool hasSegments)
    {
        FlowRecord** came = Came;
        FlowRecord* nobody = Nobody;
        for (int i = 0; i < hits.Length; i++)
        {
            FlowRecord* state = hits[i].IsState ? states + hits[i].Index : nobody;
            came[i] = state;
            if (!Sse.IsSupported) continue;
            Sse.Prefetch1(state);
            Sse.Prefetch1((byte*)state + FlowRecord.LineBytes);
            if (hasSegments) Sse.Prefetch1((byte*)state + FlowRecord.TrackerOffset);
        }
    }

    /// <summary>Where the partners are is known by now.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AskPartners(FlowRecord* states, int frames, bool hasSegments)
    {
        FlowRecord** came = Came, leaves = Leaves;
        FlowRecord* nobody = Nobody;
        for (int i = 0; i < frames; i++)
        {
            int index = came[i]->PartnerIndex;
            FlowRecord* partner = index == FlowRecord.Nobody ? nobody : states + index;
            leaves[i] = partner;
            if (!Sse.IsSupported) continue;
            Sse.Prefetch1(partner);
            if (hasSegments) Sse.Prefetch1((byte*)partner + FlowRecord.TrackerOffset);
        }
    }
}
