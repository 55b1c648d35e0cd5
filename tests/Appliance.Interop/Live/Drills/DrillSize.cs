using System.Globalization;
using Appliance.Testing;

namespace Appliance.Interop.Live.Drills;

/// <summary>How much of a drill there is.</summary>
/// <param name="Times">How often each thing is done.</param>
/// <param name="Connections">Of TCP, all the time.</param>
/// <param name="UdpFlows">The same.</param>
/// <param name="QuestionsPerSecond">To which they are put.</param>
/// <param name="DatagramsPerSecond">Numbered ones.</param>
internal sealed record DrillSize(int Times, int Connections, int UdpFlows, int QuestionsPerSecond, int DatagramsPerSecond)
{
    /// <summary>After which silence a box is dead; the default of a configuration, for a machine that has nothing else to do.</summary>
    public int DetectMilliseconds { get; init; } = 20;

    /// <summary>
    /// By the size of the tests; <c>TIMES</c>, <c>CONNECTIONS</c> and <c>RATE</c> (numbered datagrams a second) in the environment say
    /// otherwise.
    /// </summary>
    public static DrillSize Asked
    {
        get
        {
            DrillSize size = TestSize.Of(
                person: new DrillSize(1, 200, 50, 200, 1000),
                server: new DrillSize(5, 1000, 100, 200, 1000),
                soak: new DrillSize(50, 1000, 100, 500, 5000));
            return size with
            {
                Times = Number("TIMES", 1000) ?? size.Times,
                Connections = Number("CONNECTIONS", 10_000) ?? size.Connections,
                DatagramsPerSecond = Number("RATE", 20_000) ?? size.DatagramsPerSecond,
            };
        }
    }

    private static int? Number(string name, int most) =>
        Environment.GetEnvironmentVariable(name) is not { Length: > 0 } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most ? number
        : throw new InvalidOperationException($"{name}={text}: expected a number from 1 to {most}");
}
