using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>
/// A file descriptor that is closed once, at the latest with the object. Hot paths keep its number, which is good as long as their owner
/// has not been disposed of.
/// </summary>
internal sealed class Descriptor : SafeHandle
{
    private Descriptor(int number) : base(-1, ownsHandle: true) => SetHandle(number);

    public override bool IsInvalid => handle < 0;

    public int Number => (int)handle;

    /// <summary>Takes what a call that makes a descriptor answered; throws with errno when that is none.</summary>
    public static Descriptor Of(int result, string call, string subject) => new(SystemCallException.Check(result, call, subject));

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
