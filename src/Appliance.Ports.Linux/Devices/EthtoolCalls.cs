using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>Questions to a device's driver (SIOCETHTOOL, linux/ethtool.h).</summary>
internal static unsafe class EthtoolCalls
{
    public const uint GetDriver = 0x03, GetLink = 0x0a;
    public const uint GetReceiveChecksum = 0x14, GetTransmitChecksum = 0x16, GetScatterGather = 0x18, GetTcpSegmentation = 0x1e;
    public const uint GetSoftwareSegmentation = 0x23, GetFlags = 0x25, SetFlags = 0x26, GetReceiveOffload = 0x2b;
    public const uint LargeReceiveFlag = 1 << 15;       // ETH_FLAG_LRO

    private const nuint Ethtool = 0x8946;
    private const int BusOffset = 4 + 32 + 32 + 32, BusBytes = 32, DriverBytes = 196;       // struct ethtool_drvinfo

    /// <summary>struct ethtool_value.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Value
    {
        public uint Command;
        public uint Data;
    }

    /// <summary>False, with errno: there is no such device, or its driver does not answer this.</summary>
    public static bool TryGet(Descriptor socket, string device, uint command, out uint data)
    {
        var value = new Value { Command = command };
        bool isAnswered = TryCall(socket, device, &value);
        data = value.Data;
        return isAnswered;
    }

    public static bool TrySet(Descriptor socket, string device, uint command, uint data)
    {
        var value = new Value { Command = command, Data = data };
        return TryCall(socket, device, &value);
    }

    /// <summary>
    /// Turns off what joins segments and does not say how long they were. True: it is off now, or there is no such thing; false, with
    /// errno: the driver will not.
    /// </summary>
    public static bool TryTurnOffLargeReceive(Descriptor socket, string device)
    {
        if (!TryGet(socket, device, GetFlags, out uint flags) || (flags & LargeReceiveFlag) == 0) return true;
        return TrySet(socket, device, SetFlags, flags & ~LargeReceiveFlag)
            && TryGet(socket, device, GetFlags, out flags) && (flags & LargeReceiveFlag) == 0;
    }

    /// <summary>Where the device sits, in its bus's words (0000:00:03.0); empty: nowhere, or nobody says.</summary>
    public static string BusOf(Descriptor socket, string device)
    {
        byte* driver = stackalloc byte[DriverBytes];
        new Span<byte>(driver, DriverBytes).Clear();
        *(uint*)driver = GetDriver;
        if (!TryCall(socket, device, driver)) return "";
        var bus = new ReadOnlySpan<byte>(driver + BusOffset, BusBytes);
        int end = bus.IndexOf((byte)0);
        return System.Text.Encoding.ASCII.GetString(bus[..(end < 0 ? BusBytes : end)]);
    }

    private static bool TryCall(Descriptor socket, string device, void* argument)
    {
        InterfaceCalls.Request request = InterfaceCalls.For(device);
        request.Pointer = argument;
        return InterfaceCalls.TryCall(socket, Ethtool, ref request);
    }
}
