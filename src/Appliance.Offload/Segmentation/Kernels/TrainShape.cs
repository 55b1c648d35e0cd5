using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Offload;

/// <summary>
/// Judges whether a train's frames are those that a cutter would make of one large frame with the head's headers: each byte of each header
/// is either equal to the head's or what follows from its place. What neither is equal nor follows, no cutter would give back.
/// </summary>
internal unsafe ref struct TrainShape
{
    private const int Block = 64;

    private fixed byte _mask[LargeFrame.MaxHeaderBytes];            // ones where all headers must be equal
    private readonly byte* _first;
    private readonly int _network;
    private readonly int _transport;
    private readonly bool _isIpv6;
    private readonly ushort _identification;
    private readonly uint _sequence;
    private bool _mayCount;                                         // identifications so far are one more each
    private bool _mayBeFixed;                                       // or all the same, with DF
    private int _payload;                                           // bytes seen
    private bool _isEnded;                                          // by a short segment, FIN or PSH

    /// <summary>The head must be <see cref="IsPossible"/>.</summary>
    public TrainShape(Frame head)
    {
        ref FrameInfo info = ref head.Info;
        _first = head.Pointer;
        _network = info.NetworkOffset;
        _transport = info.TransportOffset;
        _isIpv6 = info.Network == NetworkKind.Ipv6;
        HeaderBytes = HeaderOf(head);
        SegmentSize = head.Length - HeaderBytes;
        _sequence = Long(_first + _transport + 4);
        _mayCount = true;
        fixed (byte* mask = _mask)
        {
            new Span<byte>(mask, HeaderBytes).Fill(0xff);
            if (_isIpv6)
            {
                Clear(mask + _network, 4, 2);
            }
            else
            {
                _identification = Short(_first + _network + 4);
                _mayBeFixed = (_first[_network + 6] & 0x40) != 0;
                Clear(mask + _network, 2, 4);
                Clear(mask + _network, 10, 2);
            }

            Clear(mask + _transport, 4, 4);
            Clear(mask + _transport, 13, 1);
            Clear(mask + _transport, 16, 2);
        }
    }

    public int HeaderBytes { get; }

    public int SegmentSize { get; }

    /// <summary>Bytes of the large frame that it would be.</summary>
    public readonly int LargeBytes => HeaderBytes + _payload;

    /// <summary>All the frames seen have one identification, which is not one more each.</summary>
    public readonly bool HasFixedIdentification => !_isIpv6 && !_mayCount;

    /// <summary>
    /// TCP with data in a datagram that fills its frame, and with no flag whose place among segments is not sure; over IPv6 without
    /// extension headers, behind which the pseudo-header may have other addresses.
    /// </summary>
    public static bool IsPossible(Frame head)
    {
        ref FrameInfo info = ref head.Info;
        FrameTraits hindered = FrameTraits.Fragment | (info.Network == NetworkKind.Ipv6 ? FrameTraits.Options : FrameTraits.None);
        if (info.Protocol != IpProtocol.Tcp || (info.Traits & hindered) != FrameTraits.None) return false;
        if (head.Length < info.TransportOffset + TcpView.MinHeaderLength) return false;
        byte* tcp = head.Pointer + info.TransportOffset;
        const int Unsure = (int)(TcpFlags.Syn | TcpFlags.Rst | TcpFlags.Urg | TcpFlags.Cwr);
        if ((tcp[12] & 0x0f) != 0 || (tcp[13] & Unsure) != 0 || tcp[12] >> 4 < 5) return false;
        int header = HeaderOf(head);
        return header <= LargeFrame.MaxHeaderBytes && head.Length > header;
    }

    /// <summary>Takes the next frame, the head first; false: the train cannot be one large frame.</summary>
    public bool TryTake(Frame frame, int index)
    {
        ref FrameInfo info = ref frame.Info;
        int payload = frame.Length - HeaderBytes;
        if (_isEnded || payload <= 0 || payload > SegmentSize) return false;
        if (info.NetworkOffset != _network || info.TransportOffset != _transport) return false;
        if (frame.Length != _network + info.DatagramLength) return false;
        byte* bytes = frame.Pointer;
        if (!AreHeadersEqual(bytes)) return false;
        bool isNetworkRight = _isIpv6
            ? IsIpv6Right(bytes + _network, info.DatagramLength)
            : IsIpv4Right(bytes + _network, info.DatagramLength, index);
        if (!isNetworkRight || !IsTcpRight(bytes + _transport, index, payload)) return false;
        _payload += payload;
        return LargeBytes - _network <= ushort.MaxValue && IsSumGood(frame);
    }

    public static int HeaderOf(Frame frame) =>
        frame.Info.TransportOffset + ((frame.Pointer[frame.Info.TransportOffset + 12] >> 4) * 4);

    /// <summary>Whole blocks: behind the headers the mask has zeros, and a slot has room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool AreHeadersEqual(byte* bytes)
    {
        fixed (byte* mask = _mask)
        {
            Vector512<byte> differing = default;
            int at = 0;
            do
            {
                differing |= (Vector512.Load(bytes + at) ^ Vector512.Load(_first + at)) & Vector512.Load(mask + at);
                at += Block;
            }
            while (at < HeaderBytes);
            return differing == default;
        }
    }

    /// <summary>A checksum that sums up right but stands as 0xffff is one that no cutter writes.</summary>
    private bool IsIpv4Right(byte* ip, int length, int index)
    {
        ushort identification = Short(ip + 4);
        _mayCount &= identification == (ushort)(_identification + index);
        _mayBeFixed &= identification == _identification;
        return (_mayCount || _mayBeFixed)
            && Short(ip + 2) == length
            && Short(ip + 10) != 0xffff
            && InternetChecksum.IsValid(ChecksumKernel.Sum(ip, _transport - _network));
    }

    private static bool IsIpv6Right(byte* ip, int length) => Short(ip + 4) == length - Ipv6View.HeaderLength;

    /// <summary>The numbers follow, the flags are the head's, and FIN and PSH stand on the last frame only.</summary>
    private bool IsTcpRight(byte* tcp, int index, int payload)
    {
        const int Last = (int)(TcpFlags.Fin | TcpFlags.Psh);
        int flags = tcp[13];
        _isEnded = payload < SegmentSize || (flags & Last) != 0;
        return Long(tcp + 4) == _sequence + (uint)(index * SegmentSize) && ((flags ^ _first[_transport + 13]) & ~Last) == 0;
    }

    private readonly bool IsSumGood(Frame frame)
    {
        if (frame.Info.Checksum == ChecksumState.Partial) return true;
        byte* tcp = frame.Pointer + _transport;
        if (Short(tcp + 16) == 0xffff) return false;
        if (frame.Info.Checksum is ChecksumState.Good or ChecksumState.ValidatedButStale) return true;
        int length = frame.Length - _transport;
        ulong pseudo = SegmentTemplate.PseudoSum(_first + _network, _isIpv6, IpProtocol.Tcp) + SegmentTemplate.Big(length);
        return InternetChecksum.IsValid(pseudo + ChecksumKernel.Sum(tcp, length));
    }

    private static void Clear(byte* mask, int at, int bytes) => new Span<byte>(mask + at, bytes).Clear();

    private static ushort Short(byte* at) => SegmentTemplate.Big(SegmentTemplate.Read(at));

    private static uint Long(byte* at) => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(at));
}
