using System.Diagnostics;
using System.Globalization;

namespace Appliance.Interop.Load;

/// <summary>Processors in use since it was made: of the whole machine, whoever used them, and of the appliance's process.</summary>
internal sealed class ProcessorUse(int process)
{
    private const double TicksPerSecond = 100;

    private readonly long _begin = Stopwatch.GetTimestamp();
    private readonly double _machine = MachineTicks();
    private readonly double _process = ProcessTicks(process);

    public (double Machine, double Appliance) Sofar
    {
        get
        {
            double ticks = Stopwatch.GetElapsedTime(_begin).TotalSeconds * TicksPerSecond;
            return ((MachineTicks() - _machine) / ticks, (ProcessTicks(process) - _process) / ticks);
        }
    }

    /// <summary>All but idle and waiting for disks (proc(5), stat).</summary>
    private static double MachineTicks() =>
        Numbers(File.ReadLines("/proc/stat").First()["cpu".Length..]).Where((_, column) => column is not (3 or 4) and < 8).Sum();

    private static double ProcessTicks(int process)
    {
        string text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
        return Numbers(string.Join(' ', text[(text.LastIndexOf(')') + 2)..].Split(' ')[11..13])).Sum();
    }

    private static IEnumerable<double> Numbers(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => double.Parse(number, CultureInfo.InvariantCulture));
}
