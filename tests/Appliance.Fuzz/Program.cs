using System.Globalization;
using Appliance.Fuzz;
using Appliance.Fuzz.Running;
using Appliance.Fuzz.Seeds;

// Hostile input until something gives. Exit code 1: something was wrong, and how to see it again is printed; 2: wrong arguments.
const string Usage = "arguments: [--what frames|captures|config] [--frames N | --files N] [--seed S] [--vcpus W] [--round R]"
    + " [--captures DIR]... [--out DIR]";
const int MaxWorkers = 64;
string what = "frames";
var options = new FuzzOptions();
var folders = new List<string>(SeedCorpus.UsualFolders);
for (int i = 0; i < args.Length; i++)
{
    string value = i + 1 < args.Length ? args[i + 1] : "";
    bool isNumber = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number);
    bool understood = true;
    switch (args[i])
    {
        case "--what" when value is "frames" or "captures" or "config": what = value; break;
        case "--frames" or "--files" when isNumber: options = options with { Count = number }; break;
        case "--seed" when isNumber: options = options with { Seed = (ulong)number }; break;
        case "--round" when isNumber: options = options with { Round = number }; break;
        case "--vcpus" when isNumber && number is > 0 and <= MaxWorkers: options = options with { Workers = (int)number }; break;
        case "--captures" when Directory.Exists(value): folders.Add(value); break;
        case "--out" when value.Length > 0: options = options with { OutputFolder = value }; break;
        default: understood = false; break;
    }

    if (!understood)
    {
        Console.Error.WriteLine($"{args[i]} {value}: not understood; {Usage}");
        return 2;
    }

    i++;
}

options = options with { CaptureFolders = [.. folders.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal)] };
FuzzOutcome outcome = what switch
{
    "captures" => CaptureFuzz.Run(options, Console.Out),
    "config" => ConfigurationFuzz.Run(options, Console.Out),
    _ => FrameFuzz.Run(options, Console.Out),
};
return outcome.Held ? 0 : 1;
