using System.Globalization;
using Appliance.Ports.Linux;

namespace Appliance.Management;

/// <summary>
/// The last generations of one appliance in a folder of their own, a file each. A file is there whole or not at all: it is written beside,
/// brought to disk, renamed, and the folder brought to disk before <see cref="Write"/> returns. What counts is the highest number that is
/// whole; there is nothing else to agree with it. One process at a time; within it, any thread.
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

    /// <summary>
    /// Puts a generation in the place of its number. On disk when it returns; nothing goes for it, since it may yet be refused.
    /// </summary>
    /// <exception cref="IOException">It is not on disk; what was there before still is.</exception>
    public void Write(Generation generation)
    {
        lock (_writing)
        {
            WriteWhole(PathOf(generation.Number), GenerationFormat.Write(generation));
            DurableFolder.Flush(_folder);
        }
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

    /// <summary>The same. Null: it is on disk; else why not, in a line for people.</summary>
    public string? TryWrite(Generation generation)
    {
        try
        {
            Write(generation);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"{_folder}: cannot be written: {failure.Message}";
        }
    }

    /// <summary>Takes back what never was in force.</summary>
    public void Remove(int number)
    {
        lock (_writing)
        {
            File.Delete(PathOf(number));
            DurableFolder.Flush(_folder);
        }
    }

    public void Dispose() => _lock.Dispose();

    private void WriteWhole(string path, byte[] bytes)
    {
        string half = Path.Combine(_folder, Half);
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, UnixCreateMode = OwnerOnly, BufferSize = 0,
        };
        using (var file = new FileStream(half, options))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(half, path, overwrite: true);
    }

    private string PathOf(int number) =>
        Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:d6}"));
}
