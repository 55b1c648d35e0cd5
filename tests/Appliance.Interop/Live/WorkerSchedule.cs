using System.Globalization;

namespace Appliance.Interop.Live;

/// <summary>
/// What a running appliance's workers had of processors, and had to do without, in seconds (schedstat, proc(5)). What a machine with others
/// to serve keeps from them is not the appliance's doing: frames that came meanwhile may be lost, others not.
/// </summary>
internal static class WorkerSchedule
{
    /// <summary>On a processor.</summary>
    public static double Ran(Background appliance) => Seconds(appliance, 0);

    /// <summary>Ready to run, while others had it.</summary>
    public static double Waited(Background appliance) => Seconds(appliance, 1);

    private static double Seconds(Background appliance, int column) => Directory.GetDirectories($"/proc/{appliance.Id}/task")
        .Where(task => File.ReadAllText($"{task}/comm").StartsWith("worker ", StringComparison.Ordinal))
        .Sum(task => long.Parse(File.ReadAllText($"{task}/schedstat").Split(' ')[column], CultureInfo.InvariantCulture)) / 1e9;
}
