using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>The kernel refused what a port needs to open or to change. Never thrown where frames move.</summary>
public sealed class SystemCallException : IOException
{
    /// <param name="call">The call, with what it was asked: <c>setsockopt PACKET_RX_RING</c>.</param>
    /// <param name="errno">Why.</param>
    /// <param name="subject">The port or device it was for.</param>
    public SystemCallException(string call, int errno, string subject)
        : base($"{subject}: {call}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})")
    {
        Call = call;
        Errno = errno;
        Subject = subject;
    }

    public string Call { get; }

    public int Errno { get; }

    public string Subject { get; }

    /// <summary>After a call that said in errno why it failed.</summary>
    internal static SystemCallException Last(string call, string subject) => new(call, Marshal.GetLastPInvokeError(), subject);

    /// <summary>Passes a result on, unless it says that the call failed.</summary>
    internal static int Check(int result, string call, string subject) => result >= 0 ? result : throw Last(call, subject);
}
