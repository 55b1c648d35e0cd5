using System.Globalization;
using Appliance.Ports.Linux;

namespace Appliance.Management;

/// <summary>
/// The last generations of one appliance in a folder of their own, a file each. A file is there whole or not at all: it is written beside,
/// brought to disk, renamed, and the folder brought to disk before it is told. What counts is the highest number that is whole; there is
/// nothing else to agree with it. So whatever has a number was in force. One process at a time; within it, any thread.
/// </summary>
public sealed class GenerationStore : IDisposable
{
    /// <summary>Generations that are kept; one that may have to return is kept beyond that.</summary>
    public const int Kept = 30;

    private const int WouldBlock = 11;                                  // EWOULDBLOCK: the lock is another's
    private const string Prefix = "generation-", Half = "half-written", LockName = "lock";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder;
    private readonly FileStream _lock;
    private readonly Lock _writing = new();

    private GenerationStore(string folder, FileStream @lock) => (_folder, _lock) = (folder, @lock);

    public string Folder => _folder;

    /// <summary>Opens the folder, and makes it where there is none.</summary>
    /// <exception cref="IOException">It cannot be used.</exception>
    /// <exception cref="StoreInUseException">Another process uses it, perhaps one that is on its way out.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be used.</exception>
    public static GenerationStore Open(string folder)
    {
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerOnly,
        };
        FileStream held;
        try
        {
            held = new FileStream(Path.Combine(folder, LockName), options);
        }
        catch (IOException failure) when (failure.HResult == WouldBlock)
        {
            throw new StoreInUseException(folder);
        }

        File.Delete(Path.Combine(folder, Half));
        return new GenerationStore(folder, held);
    }

    /// <summary>
    /// The numbers of the generations that there are, the latest first. Whether they are whole is seen when they are read.
    /// </summary>
    public IReadOnlyList<int> Numbers =>
    [
        .. Directory.EnumerateFiles(_folder, Prefix + "*")
            .Select(file => Path.GetFileName(file)[Prefix.Length..])
            .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0)
            .Where(number => number > 0)
            .OrderDescending(),
    ];

    /// <summary>The latest that is whole, or null.</summary>
    public Generation? Latest => Numbers.Select(Find).FirstOrDefault(generation => generation is not null);

    /// <summary>Null: there is none of this number that is whole.</summary>
    public Generation? Find(int number)
    {
        try
        {
            string path = PathOf(number);
            if (new FileInfo(path).Length > GenerationFormat.MaximumBytes) return null;
            bool isWhole = GenerationFormat.TryRead(File.ReadAllBytes(path), out Generation generation, out _);
            return isWhole && generation.Number == number ? generation : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Puts a generation that is in force in the place of its number. On disk when it returns; nothing goes for it.</summary>
    /// <exception cref="IOException">It is not on disk; what was there before still is.</exception>
    public void Write(Generation generation)
    {
        lock (_writing)
        {
            WriteHalf(generation);
            PutInPlace(generation);
        }
    }

    /// <summary>
    /// Brings to disk what is about to be in force: it counts at no start before <see cref="TryKeep"/>, and nothing else is written until
    /// then, or <see cref="Discard"/>. Null: it is there; else why not, in a line for people.
    /// </summary>
    public string? TryPrepare(Generation next) => Try(() => WriteHalf(next));

    /// <summary>What was prepared is in force, and counts from here on. Null: so it is; else why not.</summary>
    public string? TryKeep(Generation prepared) => Try(() => PutInPlace(prepared));

    /// <summary>What was prepared never was in force.</summary>
    public void Discard()
    {
        lock (_writing) File.Delete(Path.Combine(_folder, Half));
    }

    /// <summary>Lets the oldest go, now that a generation is in force. What cannot be taken away stays until the next is.</summary>
    public void LetOldestGo(Generation inForce)
    {
        lock (_writing)
        {
            try
            {
                foreach (int old in Numbers.Skip(Kept).Where(number => number != inForce.Pending?.Fallback)) File.Delete(PathOf(old));
                DurableFolder.Flush(_folder);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // A file too many harms nobody
            }
        }
    }

    /// <summary>As <see cref="Write"/>. Null: it is on disk; else why not, in a line for people.</summary>
    public string? TryWrite(Generation generation) => Try(() => Write(generation));

    public void Dispose() => _lock.Dispose();

    private string? Try(Action write)
    {
        try
        {
            lock (_writing) write();
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"{_folder}: cannot be written: {failure.Message}";
        }
    }

    private void WriteHalf(Generation generation)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, UnixCreateMode = OwnerOnly, BufferSize = 0,
        };
        using var file = new FileStream(Path.Combine(_folder, Half), options);
        file.Write(GenerationFormat.Write(generation));
        file.Flush(flushToDisk: true);
    }

    private void PutInPlace(Generation generation)
    {
        File.Move(Path.Combine(_folder, Half), PathOf(generation.Number), overwrite: true);
        DurableFolder.Flush(_folder);
    }

    private string PathOf(int number) =>
        Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:d6}"));
}
