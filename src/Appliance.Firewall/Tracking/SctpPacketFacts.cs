using System.Buffers.Binary;
using Appliance.Wire.Transport;

namespace Appliance.Firewall;

/// <summary>What tracking looks at of an SCTP packet.</summary>
/// <param name="Tag">Its verification tag.</param>
/// <param name="Chunks">What is in it.</param>
/// <param name="InitiateTag">Of INIT and INIT ACK: the tag that the other end is to use; else 0.</param>
public readonly record struct SctpPacketFacts(uint Tag, SctpChunks Chunks, uint InitiateTag)
{
    private const int InitiationLength = 16;                            // bytes behind the chunk header (RFC 9260 §3.3.2)

    public bool Has(SctpChunks chunks) => (Chunks & chunks) != 0;

    /// <summary>
    /// False when the packet contradicts RFC 9260: no chunk, or one beyond the packet; INIT, INIT ACK or SHUTDOWN COMPLETE beside others
    /// (§6.10); an INIT with a tag, an initiate tag of 0, or no streams (§3.3.2).
    /// </summary>
    /// <param name="packet">From the common header's first byte to the datagram's end.</param>
    public static bool TryRead(Span<byte> packet, out SctpPacketFacts facts)
    {
        facts = default;
        if (!SctpView.TryParse(packet, out SctpView sctp)) return false;
        var chunks = SctpChunks.None;
        uint initiateTag = 0;
        int count = 0;
        var reader = new SctpChunkReader(sctp.Chunks);
        while (reader.MoveNext())
        {
            SctpChunk chunk = reader.Current;
            SctpChunks kind = KindOf(chunk);
            chunks |= kind;
            count++;
            if ((kind & (SctpChunks.Initiation | SctpChunks.InitiationAcknowledgment)) != 0 && !TryReadTag(chunk.Value, out initiateTag))
                return false;
        }

        facts = new SctpPacketFacts(sctp.VerificationTag, chunks, initiateTag);
        bool isAlone = count == 1;
        bool mustBeAlone = facts.Has(SctpChunks.Initiation | SctpChunks.InitiationAcknowledgment | SctpChunks.ShutdownComplete);
        bool isTagRight = facts.Has(SctpChunks.Initiation) == (facts.Tag == 0);
        return !reader.IsMalformed && count > 0 && (isAlone || !mustBeAlone) && isTagRight;
    }

    private static bool TryReadTag(ReadOnlySpan<byte> initiation, out uint tag)
    {
        tag = 0;
        if (initiation.Length < InitiationLength) return false;
        tag = BinaryPrimitives.ReadUInt32BigEndian(initiation);
        ushort outbound = BinaryPrimitives.ReadUInt16BigEndian(initiation[8..]);
        ushort inbound = BinaryPrimitives.ReadUInt16BigEndian(initiation[10..]);
        return tag != 0 && outbound != 0 && inbound != 0;
    }

    private static SctpChunks KindOf(in SctpChunk chunk)
    {
        SctpChunks reflected = (chunk.Flags & 1) != 0 ? SctpChunks.Reflected : SctpChunks.None;
        return chunk.Type switch
        {
            SctpChunkType.Initiation => SctpChunks.Initiation,
            SctpChunkType.InitiationAcknowledgment => SctpChunks.InitiationAcknowledgment,
            SctpChunkType.CookieEcho or SctpChunkType.CookieAcknowledgment => SctpChunks.Cookie,
            SctpChunkType.HeartbeatAcknowledgment => SctpChunks.HeartbeatAcknowledgment,
            SctpChunkType.Shutdown or SctpChunkType.ShutdownAcknowledgment => SctpChunks.Shutdown,
            SctpChunkType.ShutdownComplete => SctpChunks.ShutdownComplete | reflected,
            SctpChunkType.Abort => SctpChunks.Abort | reflected,
            _ => SctpChunks.Other,
        };
    }
}
