using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Appliance.Measuring;
using Appliance.Ports.Linux;
using Appliance.Reports;

namespace Appliance.Verbs;

/// <summary><c>bench</c>: measures the data path on this machine, in memory, with real worker threads.</summary>
internal static class BenchVerb
{
    private const double DefaultSeconds = 0.5;
    private const double MaxSeconds = 60;
    private const int Traffics = 4;

    public static Command Build()
    {
        var seconds = new Option<double>("--seconds")
        {
            Description = "How long each row is measured, after as long a warm-up.",
            HelpName = "S",
            DefaultValueFactory = _ => DefaultSeconds,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                bool good = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
                    && value is > 0 and <= MaxSeconds;
                if (!good) result.AddError($"--seconds {text}: expected a number over 0, at most {MaxSeconds}");
                return value;
            },
        };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("bench", "Measure the data path on this machine, in memory.") { seconds, json };
        command.SetAction(parsed => Run(parsed.GetValue(seconds), parsed.GetValue(json)));
        return command;
    }

    private static int Run(double seconds, bool json)
    {
        int[] vcpus = [.. new[] { 1, 2 }.Where(count => count <= ProcessorAffinity.Allowed().Length)];
        (int Traffic, int Vcpus, bool Coalesces)[] rows =
        [
            .. from traffic in Enumerable.Range(0, Traffics)
               from count in vcpus
               from coalesces in new[] { false, true }
               select (traffic, count, coalesces)
        ];
        var measured = new List<PathMeasurement>();
        Action<int>? progress = Progress.OfSteps("measured", rows.Length);
        foreach ((int traffic, int count, bool coalesces) in rows)
        {
            measured.Add(PathMeasurement.Take(traffic, count, coalesces, seconds));
            progress?.Invoke(measured.Count);
        }

        Console.Write(json ? Render(measured) : Table(measured));
        return ExitCode.Done;
    }

    private static string Table(List<PathMeasurement> measured)
    {
        var table = new TextTable(numbers: 6, "traffic", "vcpus", "frames", "bits", "ns/frame", "handed off", "lost", "lro");
        foreach (PathMeasurement row in measured)
        {
            table.Add(
                row.Traffic,
                row.Vcpus.ToString(CultureInfo.InvariantCulture),
                Quantity.Rate(row.FramesPerSecond, 1, "frames/s"),
                Quantity.Rate(row.BitsPerSecond, 1, "bit/s"),
                row.NanosecondsPerFrame.ToString("F1", CultureInfo.InvariantCulture),
                Quantity.Percent(row.HandedOff, 1),
                Quantity.Percent(row.LostShare, 1),
                row.Coalesces ? "on" : "off");
        }

        var text = new StringBuilder();
        table.AppendTo(text);
        text.AppendLine("Received, copied in, routed and sent in memory by pinned threads; ns/frame is the time of one vCPU.");
        return text.ToString();
    }

    private static string Render(List<PathMeasurement> measured)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (PathMeasurement row in measured)
            {
                json.WriteStartObject();
                json.WriteString("traffic", row.Traffic);
                json.WriteNumber("vcpus", row.Vcpus);
                json.WriteBoolean("lro", row.Coalesces);
                json.WriteNumber("framesPerSecond", row.FramesPerSecond);
                json.WriteNumber("bitsPerSecond", row.BitsPerSecond);
                json.WriteNumber("nanosecondsPerFrame", row.NanosecondsPerFrame);
                json.WriteNumber("handedOffShare", row.HandedOff);
                json.WriteNumber("lostShare", row.LostShare);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }
}
