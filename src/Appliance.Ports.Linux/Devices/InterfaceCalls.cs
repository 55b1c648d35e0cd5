using System.Runtime.InteropServices;
using System.Text;

namespace Appliance.Ports.Linux;

/// <summary>The calls that name an interface (netdevice(7)), on any socket of its network namespace.</summary>
internal static unsafe class InterfaceCalls
{
    public const int MaxNameBytes = 15;

    public const short Up = 0x1, Running = 0x40, NoArp = 0x80;          // IFF_UP, IFF_RUNNING, IFF_NOARP
    public const ushort Ethernet = 1;                   // ARPHRD_ETHER

    private const nuint GetFlags = 0x8913, SetFlags = 0x8914, GetMtu = 0x8921, SetMtu = 0x8922;
    private const nuint SetHardwareAddress = 0x8924, GetHardwareAddress = 0x8927, GetIndex = 0x8933;
    private const int UnixFamily = 1;

    /// <summary>struct ifreq: a name, and what the call is about.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    public struct Request
    {
        [FieldOffset(0)] public fixed byte Name[16];
        [FieldOffset(16)] public short Flags;
        [FieldOffset(16)] public int Number;
        [FieldOffset(16)] public void* Pointer;
        [FieldOffset(16)] public ushort AddressFamily;
        [FieldOffset(18)] public fixed byte HardwareAddress[14];
    }

    /// <summary>A socket to ask by.</summary>
    public static Descriptor Open(string subject) => Sockets.Open(UnixFamily, Sockets.Datagram, 0, subject);

    public static Request For(string device)
    {
        Request request = default;
        int bytes = Encoding.UTF8.GetByteCount(device);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, MaxNameBytes, nameof(device));
        Encoding.UTF8.GetBytes(device, new Span<byte>(request.Name, MaxNameBytes));
        return request;
    }

    public static bool TryGetIndex(Descriptor socket, ref Request request) => TryCall(socket, GetIndex, ref request);

    public static bool TryGetFlags(Descriptor socket, ref Request request) => TryCall(socket, GetFlags, ref request);

    public static bool TryGetMtu(Descriptor socket, ref Request request) => TryCall(socket, GetMtu, ref request);

    public static bool TryGetHardwareAddress(Descriptor socket, ref Request request) => TryCall(socket, GetHardwareAddress, ref request);

    public static bool TrySetFlags(Descriptor socket, ref Request request) => TryCall(socket, SetFlags, ref request);

    public static bool TrySetMtu(Descriptor socket, ref Request request) => TryCall(socket, SetMtu, ref request);

    public static bool TrySetHardwareAddress(Descriptor socket, ref Request request) => TryCall(socket, SetHardwareAddress, ref request);

    public static bool TryCall(Descriptor socket, nuint call, ref Request request)
    {
        fixed (Request* pinned = &request) return Libc.Control(socket.Number, call, pinned) >= 0;
    }
}
