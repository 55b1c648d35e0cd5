using System.Diagnostics;
using System.Globalization;
using Appliance.Configuration;
using Appliance.Fuzz.Mutation;
using Appliance.Fuzz.Worlds;
using Appliance.Node;

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
        string? configs = RepositoryRoot.Find() is { } root ? Path.Combine(root, "configs") : null;
        IEnumerable<string> files = Directory.Exists(configs) ? Directory.EnumerateFiles(configs, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [];
        _seeds = [.. WorldCatalog.All.Select(recipe => recipe.Text), .. files.Select(File.ReadAllText)];
    }

    public static FuzzOutcome Run(FuzzOptions options, TextWriter text)
    {
        var fuzz = new ConfigurationFuzz(options, text);
        long start = Stopwatch.GetTimestamp(), made = 0;
        bool held = true;
        for (long number = options.Round ?? 0; held && made < (options.Round is null ? options.Count : 1); number++, made++)
            held = fuzz.RunOne(number);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        text.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"configurations: {made:N0} from {fuzz._seeds.Length} in {seconds:F1} s, {fuzz._accepted:N0} accepted, {fuzz._built} built, {fuzz._errors:N0} errors, slowest {fuzz._slowest.TotalMilliseconds:F0} ms"));
        return new FuzzOutcome(held, made, [], 0);
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
            string file = Path.Combine(_options.OutputFolder, string.Create(CultureInfo.InvariantCulture, $"fuzz-{_options.Seed}-{number}.yaml"));
            File.WriteAllText(file, _mutant);
            _text.WriteLine($"FAILED at configuration {number} of seed {_options.Seed}\n{failure}\nagain: Appliance.Fuzz --what config --seed {_options.Seed} --round {number}\ninput: {file}");
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
            if (error.Message.Length == 0 || error.Message.Contains('\n')) throw new FuzzFailureException($"an error in not one line: {error}");
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
