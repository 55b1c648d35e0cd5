using Appliance.Wire.Pcap;

namespace Appliance.Wire.Tests.Pcap;

/// <summary>All that a reader delivered, copied out, with the stream position behind each record.</summary>
internal sealed record ReadCapture(List<ReadRecord> Records, CaptureDamage? Damage)
{
    public static ReadCapture All(byte[] file) => All(new MemoryStream(file));

    public static ReadCapture All(Stream stream)
    {
        using CaptureReader reader = CaptureReader.Open(stream);
        var records = new List<ReadRecord>();
        while (reader.TryRead(out CaptureRecord record)) records.Add(new ReadRecord(record, reader.BytesRead));
        if (reader.TryRead(out _)) throw new InvalidOperationException("a reader that has ended went on");
        return new ReadCapture(records, reader.Damage);
    }
}
