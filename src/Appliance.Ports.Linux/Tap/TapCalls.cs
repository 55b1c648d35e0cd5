namespace Appliance.Ports.Linux;

/// <summary>Making a TAP (linux/if_tun.h).</summary>
internal static unsafe class TapCalls
{
    private const int ReadWrite = 2;                    // O_RDWR
    private const nuint SetInterface = 0x400454ca, SetOffloads = 0x400454d0, SetHeaderSize = 0x400454d8, SetCarrier = 0x400454e2;
    private const int IsTap = 0x2, NoPacketInformation = 0x1000, VirtioHeaders = 0x4000, SeveralQueues = 0x100;
    private const int Checksums = 1, Tcp4 = 2, Tcp6 = 4, Congestion = 8, Udp4 = 0x20, Udp6 = 0x40;

    /// <summary>
    /// One queue of a TAP, which is made when there is none of the name and is gone when the last queue is closed, however that comes.
    /// </summary>
    public static Descriptor OpenQueue(string device, bool isOneOfSeveral, string subject)
    {
        Descriptor queue;
        fixed (byte* path = "/dev/net/tun\0"u8)
            queue = Descriptor.Of(Libc.Open(path, ReadWrite | Sockets.NonBlocking | Sockets.CloseOnExec), "open /dev/net/tun", subject);
        try
        {
            InterfaceCalls.Request request = InterfaceCalls.For(device);
            request.Flags = (short)(IsTap | NoPacketInformation | VirtioHeaders | (isOneOfSeveral ? SeveralQueues : 0));
            Call(queue, SetInterface, &request, $"TUNSETIFF of {device}", subject);
            int size = VirtioHeader.SizeBytes;
            Call(queue, SetHeaderSize, &size, "TUNSETVNETHDRSZ", subject);
            return queue;
        }
        catch
        {
            queue.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Says what the host may leave to us: checksums and segmentation of TCP, and of UDP where the kernel has it (6.2); answers whether
    /// it has.
    /// </summary>
    public static bool TakeOver(Descriptor queue, string subject)
    {
        const int Always = Checksums | Tcp4 | Tcp6 | Congestion;
        if (Libc.Control(queue.Number, SetOffloads, (void*)(Always | Udp4 | Udp6)) >= 0) return true;
        Call(queue, SetOffloads, (void*)Always, "TUNSETOFFLOAD", subject);
        return false;
    }

    /// <summary>Whether the interface has a link, as its other end sees it (5.0).</summary>
    public static bool TrySetCarrier(Descriptor queue, bool isUp)
    {
        int carrier = isUp ? 1 : 0;
        return Libc.Control(queue.Number, SetCarrier, &carrier) >= 0;
    }

    private static void Call(Descriptor queue, nuint request, void* argument, string call, string subject) =>
        SystemCallException.Check(Libc.Control(queue.Number, request, argument), $"ioctl {call}", subject);
}
