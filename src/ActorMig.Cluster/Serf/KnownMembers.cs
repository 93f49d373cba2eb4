using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorMig.Cluster.Serf;

/// <summary>
/// Who was a member and has not left. serf forgets who had failed when it is started again; this does not, so that nobody is thrown out by that.
/// Not thread-safe.
/// </summary>
internal sealed class KnownMembers(string path, int most)
{
    private readonly SortedDictionary<string, SerfMember> _known = new(StringComparer.Ordinal);
    private bool _isUnsaved;

    /// <summary>Reads those of an earlier start; what cannot be read is nobody.</summary>
    public void Read()
    {
        try
        {
            foreach (var member in JsonSerializer.Deserialize(File.ReadAllBytes(path), KnownJson.Default.ListKnownMember) ?? [])
            {
                if (IPEndPoint.TryParse(member.Address, out var address))
                {
                    _known[member.Name] = new SerfMember(member.Name, address, SerfMemberState.Failed, member.Tags);
                }
            }
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            // None was known, or the file is damaged: serf finds those who are there.
        }
    }

    /// <summary>The members that were known before and that serf does not know now, but for those who have left; they have failed.</summary>
    public IReadOnlyList<SerfMember> Missing { get; private set; } = [];

    /// <summary>All by name: those that serf knows now, and those that are missing there. Those who have left are in it while serf remembers them.</summary>
    /// <param name="now">Whom serf knows now.</param>
    public IReadOnlyList<SerfMember> Merge(IReadOnlyList<SerfMember> now)
    {
        var all = new SortedDictionary<string, SerfMember>(StringComparer.Ordinal);
        foreach (var member in now.Take(most))
        {
            all[member.Name] = member;
        }

        var isChanged = false;
        foreach (var member in all.Values)
        {
            if (member.State == SerfMemberState.Left)
            {
                isChanged |= _known.Remove(member.Name);
            }
            else
            {
                isChanged |= !(_known.TryGetValue(member.Name, out var before) && IsSame(before, member));
                _known[member.Name] = member;
            }
        }

        List<SerfMember> missing = [.. _known.Values.Where(m => !all.ContainsKey(m.Name)).Select(m => m with { State = SerfMemberState.Failed, DistanceMs = null })];
        Missing = [.. missing.Take(Math.Max(0, most - all.Count))];
        foreach (var member in Missing)
        {
            all[member.Name] = member;
        }

        foreach (var tooMany in missing.Skip(Missing.Count))
        {
            isChanged |= _known.Remove(tooMany.Name);
        }

        if (isChanged || _isUnsaved)
        {
            Write();
        }

        return [.. all.Values];
    }

    /// <summary>Forgets one.</summary>
    public void Forget(string name)
    {
        if (_known.Remove(name))
        {
            Write();
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _known.Clear();
        Missing = [];
        Write();
    }

    private static bool IsSame(SerfMember one, SerfMember other) => one.Address.Equals(other.Address) && one.Tags.SequenceEqual(other.Tags);

    private void Write()
    {
        try
        {
            SerfFiles.Replace(path, JsonSerializer.SerializeToUtf8Bytes(
                [.. _known.Values.Select(m => new KnownMember(m.Name, m.Address.ToString(), new SortedDictionary<string, string>(m.Tags.ToDictionary(), StringComparer.Ordinal)))],
                KnownJson.Default.ListKnownMember));
            _isUnsaved = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk takes nobody's membership away; it is written when there is room.
            _isUnsaved = true;
        }
    }
}

/// <summary>A member as it is remembered.</summary>
internal sealed record KnownMember(string Name, string Address, SortedDictionary<string, string> Tags);

[JsonSerializable(typeof(List<KnownMember>))]
internal sealed partial class KnownJson : JsonSerializerContext;
