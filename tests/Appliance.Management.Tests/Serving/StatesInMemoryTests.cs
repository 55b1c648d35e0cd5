using System.Diagnostics;
using Appliance.Testing;
using Xunit;

namespace Appliance.Management.Tests.Serving;

/// <summary>What it costs to show states. Alone: memory is measured of the whole process.</summary>
[CollectionDefinition(nameof(StatesInMemoryTests), DisableParallelization = true)]
[Collection(nameof(StatesInMemoryTests))]
public sealed class StatesInMemoryTests(ITestOutputHelper output)
{
    private const string ManyStates = "set limit states 2000000\n" + LiveBox.Rules;

    private const int BytesBetweenLooks = 2 << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_states_are_all_shown_once_and_not_kept()
    {
        int flows = TestSize.Of(person: 20_000, server: 50_000, soak: 500_000);
        await using LiveBox box = await LiveBox.StartAsync(rules: ManyStates);
        for (int sent = 0; sent < flows; sent += 5000) await box.Send("lan", [.. Enumerable.Range(sent, 5000).Select(BoxFrames.Flow)]);
        var buffer = new byte[1 << 20];
        long before = GC.GetTotalMemory(forceFullCollection: true), most = 0, began = Stopwatch.GetTimestamp();
        await using Stream stream = await box.Client.OpenAsync("show/states", Cancellation);
        long bytes = 0, lines = 0, looked = 0;
        for (int read; (read = await stream.ReadAsync(buffer, Cancellation)) > 0; bytes += read)
        {
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
            if (bytes - looked < BytesBetweenLooks) continue;
            looked = bytes;
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        Assert.Equal((2 * flows) + 2, lines);                           // brackets have lines of their own
        Assert.InRange(most, 0, (8 << 20) + (16L * 2 * flows));         // what may wait, and of each its id
        output.WriteLine($"{2 * flows} states, {bytes >> 20} MiB in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s, "
            + $"at most {most >> 10} KiB of it in memory");
    }
}
