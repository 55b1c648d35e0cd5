using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Offload;

/// <summary>
/// The headers of a large frame, with zeros in every field that differs from segment to segment, and their sums: a segment's headers are a
/// copy, a handful of stores and two folds.
/// <list type="table">
/// <item><term>IPv4 total length, IPv6 payload length, UDP length</term><description>of the segment</description></item>
/// <item><term>IPv4 identification</term><description>one more each, of 16 bits; or the same in all where the frame says
/// so</description></item>
/// <item><term>TCP sequence number</term><description>of its first payload byte</description></item>
/// <item><term>FIN, PSH</term><description>on the last only</description></item>
/// <item><term>CWR</term><description>on the first only (RFC 3168 §6.1.2); ECE and all else on each</description></item>
/// <item><term>checksums</term><description>in full; a UDP checksum of zero stays none (RFC 768)</description></item>
/// </list>
/// A transport checksum that nobody vouched for is verified, and what it is off by, each segment's is off by too: bad is never made good.
/// </summary>
internal unsafe ref struct SegmentTemplate
{
    private const int Block = 64;
    private const byte FinAndPsh = (byte)(TcpFlags.Fin | TcpFlags.Psh);

    private fixed byte _header[LargeFrame.MaxHeaderBytes];          // whole blocks
    private readonly int _network;
    private readonly int _transport;
    private readonly bool _isIpv6;
    private readonly bool _isTcp;
    private readonly bool _hasChecksum;
    private readonly ushort _identification;
    private readonly ushort _identificationStep;
    private readonly uint _sequence;
    private readonly byte _flags;
    private readonly ulong _networkSum;                             // of the IPv4 header, in memory order
    private readonly ulong _transportSum;                           // of pseudo-header and transport header, without lengths

    /// <summary>Reads the frame; it stays as it is, and the template is good for as long as nobody changes its payload.</summary>
    public SegmentTemplate(Frame large)
    {
        ref FrameInfo info = ref large.Info;
        byte* frame = large.Pointer;
        _network = info.NetworkOffset;
        _transport = info.TransportOffset;
        _isIpv6 = info.Network == NetworkKind.Ipv6;
        _isTcp = info.Protocol == IpProtocol.Tcp;
        SegmentSize = info.SegmentSize;
        Segments = info.TrainFrames;
        HeaderBytes = _transport + (_isTcp ? (frame[_transport + 12] >> 4) * 4 : UdpView.HeaderLength);
        PayloadBytes = _network + info.DatagramLength - HeaderBytes;

        int transportBytes = HeaderBytes - _transport;
        ushort sumField = Read(frame + SumOffset);
        _hasChecksum = _isTcp || sumField != 0 || info.Checksum == ChecksumState.Partial;
        ulong pseudo = info.Checksum == ChecksumState.Partial
            ? (ulong)sumField + (ushort)~Big(transportBytes + PayloadBytes)
            : PseudoSum(frame + _network, _isIpv6, info.Protocol) + ErrorOf(large, transportBytes + PayloadBytes);

        fixed (byte* header = _header)
        {
            Unsafe.CopyBlockUnaligned(header, frame, (uint)HeaderBytes);
            if (!_isIpv6)
            {
                byte* ip = header + _network;
                _identification = BinaryPrimitives.ReverseEndianness(Read(ip + 4));
                _identificationStep = (ushort)((info.Traits & FrameTraits.FixedIdentification) != 0 ? 0 : 1);
                Write(ip + 2, 0);
                Write(ip + 4, 0);
                Write(ip + 10, 0);
                _networkSum = ChecksumKernel.Sum(ip, _transport - _network);
            }

            byte* l4 = header + _transport;
            if (_isTcp)
            {
                _sequence = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(l4 + 4));
                _flags = l4[13];
                Unsafe.WriteUnaligned(l4 + 4, 0u);
                l4[13] = 0;
            }
            else
            {
                Write(l4 + 4, 0);
            }

            Write(header + SumOffset, 0);
            _transportSum = pseudo + ChecksumKernel.Sum(l4, transportBytes);
        }
    }

    public int HeaderBytes { get; }

    public int PayloadBytes { get; }

    public int SegmentSize { get; }

    public int Segments { get; }

    /// <summary>Whether segments carry a transport checksum at all.</summary>
    public readonly bool HasChecksum => _hasChecksum;

    private readonly int SumOffset => _transport + (_isTcp ? 16 : 6);

    /// <summary>Payload bytes of a segment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int LengthOf(int index) => Math.Min(SegmentSize, PayloadBytes - (index * SegmentSize));

    /// <summary>
    /// Copies the headers in whole blocks: what stands behind them, up to a multiple of 64 bytes, is written over too and must be filled in
    /// afterwards.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void CopyHeaders(byte* to)
    {
        fixed (byte* header = _header)
        {
            int at = 0;
            do
            {
                Vector512.Store(Vector512.Load(header + at), to + at);
                at += Block;
            }
            while (at < HeaderBytes);
        }
    }

    /// <summary>Fills the fields that make copied headers, or the large frame's own, those of a segment.</summary>
    /// <param name="to">The frame's first byte.</param>
    /// <param name="index">Of the segment, from 0.</param>
    /// <param name="length">Payload bytes.</param>
    /// <param name="payloadSum">Their partial sum.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Fill(byte* to, int index, int length, ulong payloadSum)
    {
        byte* ip = to + _network;
        byte* l4 = to + _transport;
        int transportLength = HeaderBytes - _transport + length;
        if (_isIpv6)
        {
            Write(ip + 4, Big(_transport - _network - Ipv6View.HeaderLength + transportLength));
        }
        else
        {
            ushort total = Big(_transport - _network + transportLength);
            ushort identification = Big(_identification + (index * _identificationStep));
            Write(ip + 2, total);
            Write(ip + 4, identification);
            Write(ip + 10, (ushort)~Fold(_networkSum + total + identification));
        }

        ulong sum = _transportSum + payloadSum + Big(transportLength);
        if (_isTcp) FillTcp(l4, index, sum);
        else FillUdp(l4, transportLength, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void FillTcp(byte* tcp, int index, ulong sum)
    {
        uint sequence = BinaryPrimitives.ReverseEndianness(_sequence + (uint)(index * SegmentSize));
        int flags = _flags;
        if (index > 0) flags &= ~(int)TcpFlags.Cwr;
        if (index < Segments - 1) flags &= ~FinAndPsh;
        Unsafe.WriteUnaligned(tcp + 4, sequence);
        tcp[13] = (byte)flags;
        Write(tcp + 16, (ushort)~Fold(sum + sequence + Big(flags)));
    }

    private readonly void FillUdp(byte* udp, int length, ulong sum)
    {
        Write(udp + 4, Big(length));
        ushort checksum = (ushort)~Fold(sum + Big(length));
        Write(udp + 6, !_hasChecksum ? (ushort)0 : InternetChecksum.ZeroAsAllOnes(checksum));
    }

    /// <summary>Addresses and protocol as they stand in the IP header; the length is for the caller to add.</summary>
    internal static ulong PseudoSum(byte* ip, bool isIpv6, IpProtocol protocol) =>
        (isIpv6 ? ChecksumKernel.Sum(ip + 8, 2 * Ipv6Address.Length) : ChecksumKernel.Sum(ip + 12, 2 * Ipv4Address.Length))
        + Big((int)protocol);

    /// <summary>
    /// What to add to every segment's sum so that its checksum is off by as much as the whole one was; 0 for one that is known to be good.
    /// </summary>
    private readonly ulong ErrorOf(Frame large, int length)
    {
        if (!_hasChecksum || LargeFrame.IsSumSure(ref large.Info)) return 0;
        byte* frame = large.Pointer;
        ulong pseudo = PseudoSum(frame + _network, _isIpv6, large.Info.Protocol) + Big(length);
        return (ushort)~Fold(pseudo + ChecksumKernel.Sum(frame + _transport, length));
    }

    /// <summary>
    /// The sum in 16 bits, in memory order: <see cref="InternetChecksum.Fold"/> without turning the bytes round twice. Each step adds the
    /// half turned round; the upper half then holds lower + upper + carry.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ushort Fold(ulong sum)
    {
        uint words = (uint)((sum + BitOperations.RotateRight(sum, 32)) >> 32);
        return (ushort)((words + BitOperations.RotateRight(words, 16)) >> 16);
    }

    /// <summary>A number as it lies in memory, big-endian.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ushort Big(int value) => BinaryPrimitives.ReverseEndianness((ushort)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ushort Read(byte* at) => Unsafe.ReadUnaligned<ushort>(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Write(byte* at, ushort value) => Unsafe.WriteUnaligned(at, value);
}
