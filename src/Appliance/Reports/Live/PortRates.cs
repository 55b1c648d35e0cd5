using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Appliance.Management;

namespace Appliance.Reports;

/// <summary>What ports did between two looks, as rates.</summary>
internal sealed class PortRates
{
    private PortDocument[] _before = [];
    private long _time;

    /// <param name="document">Of <c>show ports</c>.</param>
    /// <param name="time">When it was asked for, as the stopwatch counts.</param>
    public void Append(byte[] document, long time, StringBuilder text)
    {
        PortDocument[] now = JsonSerializer.Deserialize(document, ManagementJson.Indented.PortDocumentArray)!;
        double seconds = Math.Max(1e-3, Stopwatch.GetElapsedTime(_time, time).TotalSeconds);
        bool isFirst = _before.Length == 0;
        var table = new ColumnTable(
            "<port", "<link", ">frames in", ">in", ">in", ">frames out", ">out", ">out", ">dropped", ">dropped");
        foreach (PortDocument port in now)
        {
            PortDocument before = isFirst ? port : _before.FirstOrDefault(known => known.Name == port.Name) ?? port;
            table.Add(
                (port.Parent is null ? "" : "  ") + port.Name,
                port.Link,
                Quantity.Count(port.In),
                Rate(port.In - before.In, "f/s"),
                Rate(8 * (port.BytesIn - before.BytesIn), "bit/s"),
                Quantity.Count(port.Out),
                Rate(port.Out - before.Out, "f/s"),
                Rate(8 * (port.BytesOut - before.BytesOut), "bit/s"),
                Quantity.Count(port.Dropped),
                Rate(port.Dropped - before.Dropped, "f/s"));
        }

        table.AppendTo(text);
        (_before, _time) = (now, time);

        string Rate(long amount, string unit) => isFirst ? "" : Quantity.Rate(amount, seconds, unit);
    }
}
