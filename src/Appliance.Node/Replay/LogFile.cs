using System.Text;
using Appliance.Firewall;
using Appliance.Wire.Pcap;

namespace Appliance.Node;

/// <summary>Writes log entries to a stream, in one of the formats. For one thread; dispose to write out what is buffered.</summary>
public sealed class LogFile : IDisposable
{
    private readonly LogFormat _format;
    private readonly BufferedStream? _lines;
    private readonly PcapWriter? _capture;

    /// <param name="stream">The caller disposes it, after this.</param>
    /// <param name="format">Of all entries.</param>
    public LogFile(Stream stream, LogFormat format)
    {
        _format = format;
        if (format == LogFormat.Pflog) _capture = new PcapWriter(stream, leaveOpen: true, LinkType.Pflog);
        else _lines = new BufferedStream(stream, 64 << 10);
    }

    public void Write(LogEntry entry)
    {
        if (_capture is not null)
        {
            Span<byte> record = stackalloc byte[PflogRecord.MaxLength];
            int length = PflogRecord.Write(entry, record);
            _capture.Write(record[..length], entry.Nanoseconds, PflogRecord.OriginalLength(entry));
            return;
        }

        byte[] line = _format == LogFormat.Json ? LogJson.Of(entry) : Encoding.UTF8.GetBytes(FilterLogText.Of(entry));
        _lines!.Write(line);
        _lines.WriteByte((byte)'\n');
    }

    public void Dispose()
    {
        _lines?.Flush();
        _capture?.Dispose();
    }
}
