using System.Diagnostics;
using System.Globalization;
using Appliance.Testing;
using Xunit;

namespace Appliance.Management.Tests.Generations;

/// <summary>Generations on disk: whole or not there.</summary>
public sealed class GenerationStoreTests(ITestOutputHelper output)
{
    [Fact]
    public void A_generation_is_read_as_it_was_written()
    {
        using var folder = new TemporaryFolder();
        using GenerationStore store = GenerationStore.Open(folder["store"]);
        Generation written = GenerationWriter.Make(1) with
        {
            Pending = new PendingConfirmation(60, DateTimeOffset.UnixEpoch.AddSeconds(60), 7), SeenDigest = "abc",
        };
        store.Write(written);
        Generation read = store.Find(1)!;
        Assert.Equal(written.Bundle.Digest, read.Bundle.Digest);
        Assert.Equal(written with { Bundle = read.Bundle }, read);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(store.Folder, "generation-000001")));
    }

    [Fact]
    public void Any_damage_is_seen()
    {
        byte[] whole = GenerationFormat.Write(GenerationWriter.Make(3));
        Assert.True(GenerationFormat.TryRead(whole, out _, out _));
        for (int at = 0; at < whole.Length; at += 1 + (at / 64))
        {
            byte before = whole[at];
            whole[at] ^= 0x20;
            Assert.False(GenerationFormat.TryRead(whole, out _, out _), $"byte {at}");
            whole[at] = before;
            Assert.False(GenerationFormat.TryRead(whole.AsSpan(0, at), out _, out _), $"cut at {at}");
        }
    }

    [Fact]
    public void The_last_thirty_stay_and_one_that_may_return()
    {
        using var folder = new TemporaryFolder();
        using GenerationStore store = GenerationStore.Open(folder["store"]);
        int last = GenerationStore.Kept + 5, next = last + 1;
        for (int number = 1; number <= last; number++) store.Write(GenerationWriter.Make(number));
        Assert.Equal(last, store.Numbers.Count);
        store.LetOldestGo(store.Latest!);
        Assert.Equal(Enumerable.Range(6, GenerationStore.Kept).Reverse(), store.Numbers);
        store.Write(GenerationWriter.Make(next) with { Pending = new PendingConfirmation(60, DateTimeOffset.UnixEpoch, 6) });
        store.LetOldestGo(store.Latest!);
        Assert.Equal((next, 6), (store.Numbers[0], store.Numbers[^1]));
    }

    [Fact]
    public void A_second_process_is_refused()
    {
        using var folder = new TemporaryFolder();
        using GenerationStore store = GenerationStore.Open(folder["store"]);
        Assert.Throws<StoreInUseException>(() => GenerationStore.Open(folder["store"]));
    }

    [Fact]
    public void A_damaged_latest_generation_gives_way_to_the_one_before()
    {
        using var folder = new TemporaryFolder();
        using GenerationStore store = GenerationStore.Open(folder["store"]);
        store.Write(GenerationWriter.Make(1));
        File.WriteAllText(Path.Combine(store.Folder, "generation-000002"), "appliance generation 1\n");
        Assert.Equal(1, store.Latest!.Number);
    }

    [Fact]
    public async Task Killed_at_any_instant_it_leaves_only_whole_generations_and_none_that_was_told_is_missing()
    {
        int kills = TestSize.Of(person: 25, server: 100, soak: 1000);
        int seed = TestSize.Seed(Environment.ProcessId);
        var random = new Random(seed);
        using var folder = new TemporaryFolder();
        int told = 0, half = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            told = Math.Max(told, await KillAsync(folder["store"], random));
            half += File.Exists(Path.Combine(folder["store"], "half-written")) ? 1 : 0;
            using GenerationStore store = GenerationStore.Open(folder["store"]);
            Assert.True((store.Latest?.Number ?? 0) >= told, $"seed {seed}: {told} was told, {store.Latest?.Number} is there");
            Assert.All(store.Numbers, number => Assert.NotNull(store.Find(number)));
        }

        output.WriteLine($"{kills} kills, {half} of them in the middle of a file, {told} generations told; seed {seed}");
    }

    /// <summary>The last number that the process told before it was killed.</summary>
    private static async Task<int> KillAsync(string folder, Random random)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment[GenerationWriter.Variable] = folder;
        using Process writer = Process.Start(start)!;
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string? line = await writer.StandardOutput.ReadLineAsync(cancellation);
        for (int more = random.Next(4); more > 0; more--) line = await writer.StandardOutput.ReadLineAsync(cancellation);
        for (long end = Stopwatch.GetTimestamp() + (random.Next(20_000) * Stopwatch.Frequency / 1_000_000); Stopwatch.GetTimestamp() < end;)
            Thread.SpinWait(10);
        writer.Kill();
        string rest = await writer.StandardOutput.ReadToEndAsync(cancellation);
        await writer.WaitForExitAsync(cancellation);
        string[] whole = rest.Split('\n')[..^1];
        return int.Parse(whole.Length > 0 ? whole[^1] : line!, CultureInfo.InvariantCulture);
    }
}
