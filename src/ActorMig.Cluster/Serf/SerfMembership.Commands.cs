namespace ActorMig.Cluster.Serf;

/// <content>What a person, or the configuration, wants of it.</content>
public sealed partial class SerfMembership
{
    /// <summary>Joins the cluster of those at some addresses. A host that has left comes back.</summary>
    /// <param name="addresses">With a port or without, or names; one of them is enough. None: those of the configuration.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>How many answered.</returns>
    /// <exception cref="SerfException">None could be joined, or serf does not run.</exception>
    public Task<int> JoinAsync(IReadOnlyCollection<string> addresses, CancellationToken cancellation) => CommandAsync(async () =>
    {
        ArgumentNullException.ThrowIfNull(addresses);
        if (addresses.Count == 0 && _options.Join.Count == 0)
        {
            throw new SerfException("No address is given, and membership.serf.join has none; name the address of a host of the cluster.");
        }

        if (_hasLeft)
        {
            var back = _back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _files.HasLeft = false;
            _hasLeft = false;
            _news.Writer.TryWrite(true);
            await Task.WhenAny(back.Task, Task.Delay(_options.StartTimeout, _time, cancellation)).ConfigureAwait(false);
        }

        return await Client().JoinAsync(addresses.Count > 0 ? addresses : _options.Join, cancellation).ConfigureAwait(false);
    });

    /// <summary>Tells the others that this host leaves, and stays alone from then on, also over restarts.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SerfException">It has left already, or serf does not run.</exception>
    public Task LeaveAsync(CancellationToken cancellation) => CommandAsync(async () =>
    {
        if (_hasLeft)
        {
            throw new SerfException("This host has left already; `actormig cluster join` brings it back.");
        }

        // An agent that is killed meanwhile has left, too, as was wanted.
        var client = Client();
        _files.HasLeft = true;
        _isLeaving = true;
        try
        {
            await client.LeaveAsync(cancellation).ConfigureAwait(false);
            _hasLeft = true;
            _news.Writer.TryWrite(true);
        }
        catch
        {
            _files.HasLeft = false;
            throw;
        }
        finally
        {
            _isLeaving = false;
        }

        return 0;
    });

    /// <summary>Declares that a host which has failed is no member any more, here and at all others that know it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SerfException">There is no such member, or it has not failed, or serf does not run.</exception>
    public Task ForgetAsync(string name, CancellationToken cancellation) => CommandAsync(async () =>
    {
        var member = _now.FirstOrDefault(m => m.Name == name && m.State != SerfMemberState.Left)
            ?? throw new SerfException($"No member is called '{name}'; `actormig cluster show` lists them.");
        if (member.State != SerfMemberState.Failed)
        {
            throw new SerfException($"{name} is {(member.State == SerfMemberState.Leaving ? "leaving" : "alive")}, and only a host that has failed can be forgotten; let it leave with `actormig cluster leave` there.");
        }

        await Client().ForceLeaveAsync(name, cancellation).ConfigureAwait(false);
        lock (_knowing)
        {
            _known.Forget(name);
        }

        _news.Writer.TryWrite(true);
        return 0;
    });

    /// <summary>From now on this host says these tags.</summary>
    /// <param name="tags">The tags, small.</param>
    /// <exception cref="SerfException">They are too large; what was said before stays.</exception>
    public void SetTags(IReadOnlyDictionary<string, string> tags)
    {
        if (SerfOptions.WhyNot(tags) is { } whyNot)
        {
            throw new SerfException(whyNot);
        }

        _tags = tags;
        _news.Writer.TryWrite(true);
    }

    private SerfClient Client() => _session?.Client ?? throw new SerfException($"serf does not run: {_why} Try again when it does.");

    private async Task<int> CommandAsync(Func<Task<int>> command)
    {
        await _commands.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            return await command().ConfigureAwait(false);
        }
        finally
        {
            _commands.Release();
        }
    }
}
