using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Sync;

/// <summary>The header of a <see cref="SyncView"/>, to be written in front of the sections.</summary>
public readonly record struct SyncFields(uint Epoch, uint PeerEpoch, ulong Parcel, ulong Acknowledged, ulong Selective)
{
    /// <summary>Writes <see cref="SyncView.HeaderLength"/> bytes.</summary>
    public void WriteTo(Span<byte> bytes)
    {
        (bytes[0], bytes[1], bytes[2], bytes[3]) = (SyncView.CurrentVersion, SyncView.HeaderLength, 0, 0);
        WriteUInt32BigEndian(bytes[4..], Epoch);
        WriteUInt32BigEndian(bytes[8..], PeerEpoch);
        WriteUInt64BigEndian(bytes[12..], Parcel);
        WriteUInt64BigEndian(bytes[20..], Acknowledged);
        WriteUInt64BigEndian(bytes[28..], Selective);
    }
}
