using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Node;
using Appliance.Reports;

namespace Appliance.Scenarios;

/// <summary>Reads a test.yaml whole: all its faults with their positions, or what it says.</summary>
internal sealed class ScenarioReader
{
    /// <summary>The largest test.yaml that is read, bytes.</summary>
    public const int MaximumFileBytes = 16 << 20;

    private static readonly string[] Keys =
        ["config", "inputs", "port", "vcpus", "seed", "follow-nat", "verdicts", "default", "counters", "outputs"];

    private readonly YamlCursor _yaml;
    private readonly VerdictReader _verdicts;
    private ScenarioFile _read;
    private bool _isScenario;                                           // it has a key that no other file has

    private ScenarioReader(string file, string text)
    {
        _yaml = new YamlCursor(file, text);
        _verdicts = new VerdictReader(_yaml);
        _read = new ScenarioFile { File = file };
    }

    /// <param name="file">A test.yaml.</param>
    /// <param name="expected">What the file is for, as a fault says it: the key that it should have.</param>
    /// <param name="flag">The flag that named it, and a space; or nothing.</param>
    /// <exception cref="RefusedException">The file cannot be read, or is no such file.</exception>
    public static ScenarioFile Read(string file, string expected = "a mapping with keys such as 'config' and 'verdicts'", string flag = "")
    {
        var reader = new ScenarioReader(file, ReadText(file, flag));
        reader._yaml.ReadDocument(expected, reader.ReadKey);
        IReadOnlyList<string> faults = reader._yaml.Faults;
        if (faults.Count > 0) throw new RefusedException(reader._isScenario ? faults : [faults[0]]);
        return reader._read with { Position = reader._yaml.Start };
    }

    private static string ReadText(string file, string flag)
    {
        try
        {
            byte[] bytes = NamedFile.Read(file, MaximumFileBytes);
            if (bytes.Length > MaximumFileBytes)
                throw new RefusedException($"{flag}{file}: over {MaximumFileBytes} bytes, the most that is read");
            using var text = new StreamReader(new MemoryStream(bytes));
            return text.ReadToEnd();
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            throw new RefusedException($"{flag}{file}: {FileFault.Reason(file, failure)}");
        }
    }

    private void ReadKey(Placed key)
    {
        _isScenario |= key.Text is not ("vcpus" or "seed") && Keys.Contains(key.Text, StringComparer.Ordinal);
        _read = key.Text switch
        {
            "config" => _read with { Config = ReadFileName("the configuration's file") },
            "port" => _read with { Port = _yaml.ReadText("the port where input.pcap arrives") },
            "inputs" => _read with { Inputs = ReadFiles("captures by port under 'inputs'") },
            "vcpus" => _read with { Vcpus = (int?)ReadNumber(1, NodeOptions.MaxWorkers) },
            "seed" => _read with { Seed = ReadNumber(0, ulong.MaxValue) },
            "follow-nat" => _read with { FollowsNat = ReadSwitch() },
            "verdicts" => _read with { Verdicts = _verdicts.ReadAll() },
            "default" => _read with { Default = _verdicts.ReadOne() },
            "counters" => _read with { Counters = ReadCounters() },
            "outputs" => _read with { Outputs = ReadFiles("captures by port under 'outputs'") },
            _ => Refuse(key),
        };
    }

    private ScenarioFile Refuse(Placed key)
    {
        _yaml.Fault(key.Position, $"unknown key '{key.Text}'; known are {string.Join(", ", Keys)}");
        _yaml.Skip();
        return _read;
    }

    private bool ReadSwitch()
    {
        if (_yaml.ReadText("true or false") is not { } word) return false;
        if (word.Text is not ("true" or "false")) _yaml.Fault(word.Position, $"expected true or false, found '{word.Text}'");
        return word.Text == "true";
    }

    private ulong? ReadNumber(ulong least, ulong most) => _yaml.ReadNumber($"a number from {least} to {most}", least, most);

    private ImmutableArray<(Placed Port, Placed File)> ReadFiles(string expected)
    {
        var files = ImmutableArray.CreateBuilder<(Placed, Placed)>();
        _yaml.ReadMapping(expected, "a port", port =>
        {
            if (ReadFileName("a capture's file") is { } file) files.Add((port, file));
        });
        return files.ToImmutable();
    }

    private Placed? ReadFileName(string expected)
    {
        if (_yaml.ReadText(expected) is not { } file) return null;
        if (file.Text.Length > 0 && !file.Text.Contains('\0')) return file;
        _yaml.Fault(file.Position, $"expected {expected}");
        return null;
    }

    private ImmutableArray<Expectation> ReadCounters()
    {
        var counters = ImmutableArray.CreateBuilder<Expectation>();
        _yaml.ReadMapping("paths and numbers under 'counters'", "the path of a counter", path =>
        {
            if (_yaml.ReadNumber("a number", 0, long.MaxValue) is { } number)
                counters.Add(new Expectation(path.Text, (long)number, path.Position));
        });
        return counters.ToImmutable();
    }
}
