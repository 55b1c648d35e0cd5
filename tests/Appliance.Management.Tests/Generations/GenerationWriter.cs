using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;

namespace Appliance.Management.Tests.Generations;

/// <summary>
/// This test program as another process that writes generations, one after another, and tells the number of each that is on disk, until it
/// is killed.
/// </summary>
internal static class GenerationWriter
{
    /// <summary>The environment variable that says so: the store's folder.</summary>
    public const string Variable = "APPLIANCE_WRITES_GENERATIONS_TO";

    private const int TableLines = 20_000;

    public static Generation Make(int number)
    {
        string table = string.Concat(Enumerable.Range(0, TableLines).Select(i => $"10.{number % 250}.{i / 250 % 250}.{i % 250}\n"));
        var files = ImmutableSortedDictionary.Create<string, byte[]>(StringComparer.Ordinal)
            .Add("edge.pf.conf", "table <t> file \"t.txt\"\n"u8.ToArray())
            .Add("t.txt", Encoding.UTF8.GetBytes(table));
        return new Generation
        {
            Number = number,
            Time = DateTimeOffset.UnixEpoch,
            Origin = "test",
            Bundle = new ConfigurationBundle("/edge.yaml", "firewall: {ruleset: edge.pf.conf}\n"u8.ToArray(), files),
            SeenDigest = "",
        };
    }

    [ModuleInitializer]
    internal static void Run()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } folder) return;
        using GenerationStore store = GenerationStore.Open(folder);
        using var told = new StreamWriter(new FileStream("/dev/stdout", FileMode.Open, FileAccess.Write)) { AutoFlush = true };
        for (int number = (store.Latest?.Number ?? 0) + 1;; number++)
        {
            Generation made = Make(number);
            store.Write(made);
            store.LetOldestGo(made);
            told.WriteLine(number);
        }
    }
}
