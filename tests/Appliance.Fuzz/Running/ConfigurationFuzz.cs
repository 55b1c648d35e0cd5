using System.Diagnostics;
using System.Text;
using Appliance.Configuration;
using Appliance.Fuzz.Mutation;
using Appliance.Fuzz.Worlds;
using Appliance.Node;
using static System.FormattableString;

namespace Appliance.Fuzz.Running;

/// <summary>
/// Broken configurations before the loader: nothing is thrown, there is a model or there are errors and never both, every error says
/// something at a place within the text, and an appliance can be built from every model.
/// </summary>
public sealed class ConfigurationFuzz
{
    private const int MaxBuilt = 200;                                   // appliances: each has tables of many megabytes

    private readonly FuzzOptions _options;
    private readonly TextWriter _text;
    private readonly Draw _draw;
    private readonly string[] _seeds;
    private string _mutant = "";
    private long _accepted, _errors;
    private int _built;
    private TimeSpan _slowest;

    private ConfigurationFuzz(FuzzOptions options, TextWriter text)
    {
        (_options, _text) = (options, text);
        _draw = new Draw(options.Seed, 0);
        _seeds = [.. WorldCatalog.All.Select(recipe => recipe.Text), .. Examples().Select(File.ReadAllText)];
    }

    public static FuzzOutcome Run(FuzzOptions options, TextWriter text)
    {
        var fuzz = new ConfigurationFuzz(options, text);
        long start = Stopwatch.GetTimestamp(), made = 0;
        bool held = true;
        for (long number = options.Round ?? 0; held && made < (options.Round is null ? options.Count : 1); number++, made++)
            held = fuzz.RunOne(number);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        text.WriteLine(Invariant($"configurations: {made:N0} from {fuzz._seeds.Length} in {seconds:F1} s"));
        text.WriteLine(Invariant($"accepted: {fuzz._accepted:N0}, {fuzz._built} of them built; errors: {fuzz._errors:N0}"));
        text.WriteLine(Invariant($"slowest: {fuzz._slowest.TotalMilliseconds:F0} ms"));
        return new FuzzOutcome(held, made, [], 0);
    }

    /// <summary>The example configurations of a clone.</summary>
    private static IEnumerable<string> Examples()
    {
        string? folder = RepositoryRoot.Find() is { } root ? Path.Combine(root, "configs") : null;
        if (!Directory.Exists(folder)) return [];
        return Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
    }

    private bool RunOne(long number)
    {
        _draw.Restart(_options.Seed, (ulong)number);
        try
        {
            _mutant = TextMutations.Mutate(_seeds[_draw.Below(_seeds.Length)], _draw);
            long start = Stopwatch.GetTimestamp();
            ConfigurationResult result = ConfigurationLoader.LoadText(_mutant, "fuzz.yaml");
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            if (elapsed > _slowest) _slowest = elapsed;
            Check(result);
            return true;
        }
        catch (Exception failure)
        {
            FileFailure.Write(_options, _text, "config", "yaml", number, Encoding.Unicode.GetBytes(_mutant), failure);
            return false;
        }
    }

    private void Check(ConfigurationResult result)
    {
        bool isRefused = !result.Errors.IsEmpty;
        if (isRefused == result.Model is not null) throw new FuzzFailureException("a model and errors, or neither");
        int lines = _mutant.AsSpan().Count('\n') + 2;
        foreach (ConfigurationError error in result.Errors.Concat(result.Warnings))
        {
            if (error.Message.Length == 0 || error.Message.Contains('\n'))
                throw new FuzzFailureException($"an error in not one line: {error}");
            if (error.Position is { } position && (position.Line < 1 || position.Line > lines || position.Column < 1))
                throw new FuzzFailureException($"an error outside the text of {lines} lines: {error}");
        }

        _errors += result.Errors.Length;
        if (result.Model is not { } model) return;
        _accepted++;
        if (_built == MaxBuilt) return;
        _built++;
        NodeModelsBuilder.Build(model, new NodeOptions(), workers: 2).Dispose();
    }
}
