using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Offload;

/// <summary>
/// The parser of what nearly every frame is: unicast, untagged, IPv4 without options and whole or IPv6 without extension headers, TCP or
/// UDP, and sound. All that must be so and not otherwise is one comparison of the first 32 bytes with a pattern; only lengths, protocol
/// and checksum are looked at beside it. Whatever is anything else is left untouched for <see cref="FrameParser.ParseOther"/>, which tells
/// what it is or why it is refused.
/// <code>
///   byte     0            6        12    14   15          20          22
///   IPv4     destination  (source) 08 00 45   …           flags, offset (more fragments and the offset are 0)
///   IPv6     destination  (source) 86 dd 6x   …
/// </code>
/// </summary>
internal readonly unsafe struct PlainFrame
{
    /// <summary>Frames that <see cref="ParseRun"/> looks at, at most.</summary>
    public const int MaxRun = 64;                                       // a bit each

    private const int FramesAhead = 8;                                  // whose headers are asked for: nobody has looked at them here
    private const int EthernetHeader = 14, Ipv4Header = 20, Ipv6Header = 40, Ports = 4;
    private const int ShortestIpv4 = EthernetHeader + Ipv4Header + Ports, ShortestIpv6 = EthernetHeader + Ipv6Header + Ports;
    private const int SourceAt = 6, TypeAt = 12, FragmentAt = 6;
    private const int IgnoredOfWord = 16;                               // bits of a 64-bit load that are behind an address

    private readonly Vector256<byte> _ipv4, _ipv4Mask, _ipv6, _ipv6Mask;
    private readonly VirtualHosts? _virtual;                            // null: none is the port's, or any destination is
    private readonly ulong _mac;                                        // of the port, as a load from memory has it, in the upper bits

    /// <param name="port">The one that the frames come in by.</param>
    public PlainFrame(PortFacts port)
    {
        Debug.Assert(!port.Mac.IsGroup);                                // else group frames would be taken for the port's own
        Span<byte> mac = stackalloc byte[sizeof(ulong)];
        port.Mac.WriteTo(mac);
        _mac = Unsafe.ReadUnaligned<ulong>(ref mac[0]) << IgnoredOfWord;
        _virtual = port.AnyDestination ? null : port.VirtualHosts;
        (_ipv4, _ipv4Mask) = Pattern(port, EtherType.Ipv4, 0x45, 0xff);
        (_ipv6, _ipv6Mask) = Pattern(port, EtherType.Ipv6, 0x60, 0xf0);
        _ipv4Mask |= Vector256<byte>.Zero.WithElement(EthernetHeader + FragmentAt, (byte)0x3f)
            .WithElement(EthernetHeader + FragmentAt + 1, (byte)0xff);
    }

    /// <summary>One for each port.</summary>
    public static PlainFrame[] ByPort(PortTable ports) =>
        [.. Enumerable.Range(0, ports.Count).Select(port => new PlainFrame(ports[port]))];

    /// <summary>
    /// Parses the frames at the front that came in by the same port as the first, <see cref="MaxRun"/> at most: how many there are, and
    /// in <paramref name="others"/> a bit for each that is not plain. Not inlined: the loop needs the registers.
    /// </summary>
    /// <param name="frames">Some, of any ports.</param>
    /// <param name="byPort">By port.</param>
    /// <param name="others">Bits by place.</param>
    /// <param name="facts">What holds for all of these frames.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int ParseRun(ReadOnlySpan<Frame> frames, PlainFrame[] byPort, out ulong others, out BatchFacts facts)
    {
        int ingress = frames[0].Info.IngressPort, run = 0;
        PlainFrame plain = byPort[ingress];
        ulong missed = 0;
        uint kinds = 0;                                                 // network and protocol of all of them
        ref Frame first = ref MemoryMarshal.GetReference(frames);
        int most = Math.Min(frames.Length, MaxRun), last = most - 1;
        for (; run < most; run++)
        {
            Frame frame = Unsafe.Add(ref first, run);
            Unsafe.Add(ref first, Math.Min(run + FramesAhead, last)).PrefetchHeader();
            if (frame.Info.IngressPort != ingress) break;
            if (!plain.TryParse(frame) && !TryParseVirtual(byPort[ingress], frame)) missed |= 1UL << run;
            kinds |= Unsafe.As<NetworkKind, ushort>(ref frame.Info.Network);
        }

        others = missed;
        facts = missed == 0 ? FactsOf(kinds) : BatchFacts.None;
        return run;
    }

    /// <param name="kinds">Of plain frames: the bits of all their networks, and above them those of their protocols.</param>
    private static BatchFacts FactsOf(uint kinds)
    {
        const uint Segments = (uint)IpProtocol.Tcp & ~(uint)IpProtocol.Udp;
        BatchFacts facts = (byte)kinds == (byte)NetworkKind.Ipv4 ? BatchFacts.PlainIpv4 : BatchFacts.None;
        return (kinds >> 8 & Segments) == 0 ? facts | BatchFacts.NoSegments : facts;
    }

    /// <summary>True, and the info is filled in, for a plain frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryParse(Frame frame)
    {
        int length = frame.Length;
        if (!BitConverter.IsLittleEndian || length < ShortestIpv4) return false;
        byte* bytes = frame.Pointer;
        Vector256<byte> first = Vector256.Load(bytes);
        if (Unsafe.ReadUnaligned<ulong>(bytes + SourceAt) << IgnoredOfWord == _mac) return false;
        if (((first ^ _ipv4) & _ipv4Mask) == Vector256<byte>.Zero)
            return TryParseIpv4(bytes + EthernetHeader, length - EthernetHeader, ref frame.Info);
        return ((first ^ _ipv6) & _ipv6Mask) == Vector256<byte>.Zero && length >= ShortestIpv6
            && TryParseIpv6(bytes + EthernetHeader, length - EthernetHeader, ref frame.Info);
    }

    /// <summary>
    /// The same for a frame to a virtual host that this box is, or was just now: that stands for the port's own. By reference, so that the
    /// caller's copy may stay in registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryParseVirtual(in PlainFrame plain, Frame frame)
    {
        if (plain._virtual is not { } hosts || frame.Length < ShortestIpv4) return false;
        byte* bytes = frame.Pointer;
        if (!hosts.Takes(MacAddress.Read(new ReadOnlySpan<byte>(bytes, MacAddress.Length)))) return false;
        if (Unsafe.ReadUnaligned<ulong>(bytes + SourceAt) << IgnoredOfWord == plain._mac) return false;
        Vector256<byte> own = Vector256.ConditionalSelect(DestinationMask, plain._ipv4, Vector256.Load(bytes));
        int length = frame.Length - EthernetHeader;
        if (((own ^ plain._ipv4) & plain._ipv4Mask) == Vector256<byte>.Zero)
            return TryParseIpv4(bytes + EthernetHeader, length, ref frame.Info);
        return ((own ^ plain._ipv6) & plain._ipv6Mask) == Vector256<byte>.Zero && frame.Length >= ShortestIpv6
            && TryParseIpv6(bytes + EthernetHeader, length, ref frame.Info);
    }

    private static Vector256<byte> DestinationMask => Vector256.Create(0x0000_ffff_ffff_fffful, 0, 0, 0).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryParseIpv4(byte* ip, int available, ref FrameInfo info)
    {
        int total = ReadUInt16(ip + 2);
        byte protocol = ip[9];
        if (total < Ipv4Header + Ports || total > available) return false;
        if (protocol is not ((byte)IpProtocol.Tcp or (byte)IpProtocol.Udp) || !IsSumRight(ip)) return false;
        Write(ref info, Ipv4Header, total, EtherType.Ipv4, NetworkKind.Ipv4, protocol, ip + Ipv4Header);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryParseIpv6(byte* ip, int available, ref FrameInfo info)
    {
        int total = Ipv6Header + ReadUInt16(ip + 4);
        byte protocol = ip[6];
        if (total < Ipv6Header + Ports || total > available) return false;
        if (protocol is not ((byte)IpProtocol.Tcp or (byte)IpProtocol.Udp)) return false;
        Write(ref info, Ipv6Header, total, EtherType.Ipv6, NetworkKind.Ipv6, protocol, ip + Ipv6Header);
        return true;
    }

    /// <summary>Fields that lie side by side are written together: both offsets; type, network, protocol and both ports.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(
        ref FrameInfo info, int header, int total, EtherType type, NetworkKind network, byte protocol, byte* ports)
    {
        uint both = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ports));      // the source's in the upper half
        ulong kind = (ulong)type | ((ulong)network << 16);
        Unsafe.As<int, ulong>(ref info.NetworkOffset) = EthernetHeader | ((ulong)(EthernetHeader + header) << 32);
        info.DatagramLength = total;
        info.Traits |= FrameTraits.Ports;
        Unsafe.As<EtherType, ulong>(ref info.EtherType) = kind | ((ulong)protocol << 24) | ((ulong)((both >> 16) | (both << 16)) << 32);
    }

    /// <summary>RFC 1071: the header, its checksum included, adds up to all ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSumRight(byte* ip) => InternetChecksum.IsValid(
        Unsafe.ReadUnaligned<uint>(ip) + (ulong)Unsafe.ReadUnaligned<uint>(ip + 4) + Unsafe.ReadUnaligned<uint>(ip + 8)
            + Unsafe.ReadUnaligned<uint>(ip + 12) + Unsafe.ReadUnaligned<uint>(ip + 16));

    private static (Vector256<byte> Bytes, Vector256<byte> Mask) Pattern(PortFacts port, EtherType type, byte version, byte versionMask)
    {
        Span<byte> bytes = stackalloc byte[Vector256<byte>.Count], mask = stackalloc byte[Vector256<byte>.Count];
        bytes.Clear();
        mask.Clear();
        if (port.AnyDestination)
        {
            mask[0] = 1;                                                // the group bit
        }
        else
        {
            port.Mac.WriteTo(bytes);
            mask[..MacAddress.Length].Fill(0xff);
        }

        BinaryPrimitives.WriteUInt16BigEndian(bytes[TypeAt..], (ushort)type);
        mask[TypeAt..EthernetHeader].Fill(0xff);
        bytes[EthernetHeader] = version;
        mask[EthernetHeader] = versionMask;
        return (Vector256.Create<byte>(bytes), Vector256.Create<byte>(mask));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort ReadUInt16(byte* bytes) => BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(bytes));
}
