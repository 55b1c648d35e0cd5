using System.Runtime.InteropServices;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// All states and aliases of a bucket on their way to another worker, outside the managed heap. Partners name each other by their place in
/// it. Whoever attaches it disposes of it; a letter that nobody opens is freed with its handle.
/// </summary>
internal sealed class FlowLetter : SafeHandle
{
    public unsafe FlowLetter(int states, int aliases)
        : base(0, ownsHandle: true)
    {
        States = new NativeArray<FlowRecord>(states, ProcessMemory.Instance);
        Aliases = new NativeArray<AliasRecord>(aliases, ProcessMemory.Instance);
        SetHandle((nint)States.Pointer);
    }

    public NativeArray<FlowRecord> States { get; }

    public NativeArray<AliasRecord> Aliases { get; }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        States.Free();
        Aliases.Free();
        return true;
    }
}
