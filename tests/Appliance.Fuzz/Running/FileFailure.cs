using static System.FormattableString;

namespace Appliance.Fuzz.Running;

/// <summary>Keeps an input that a reader of files did not bear, and says how to make it again.</summary>
internal static class FileFailure
{
    public static void Write(
        FuzzOptions options, TextWriter text, string what, string extension, long number, ReadOnlySpan<byte> input, Exception failure)
    {
        Directory.CreateDirectory(options.OutputFolder);
        string file = Path.Combine(options.OutputFolder, Invariant($"fuzz-{options.Seed}-{number}.{extension}"));
        File.WriteAllBytes(file, input);
        string folders = string.Concat(options.CaptureFolders.Select(folder => $" --captures {folder}"));
        text.WriteLine(Invariant($"FAILED in {what} {number} of seed {options.Seed}"));
        text.WriteLine(failure is FuzzFailureException ? failure.Message : failure.ToString());
        text.WriteLine(Invariant($"again: Appliance.Fuzz --what {what} --seed {options.Seed} --round {number}{folders}"));
        text.WriteLine($"input: {file}");
    }
}
