/** A mill wheel's paddle over running water. Decoration: the page has its name in the heading. */
export function Logo() {
  return (
    <svg className="mr-logo" viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#3b5bdb" />
      <circle cx="16" cy="12.5" r="6.5" fill="none" stroke="#fff" strokeWidth="2.2" />
      <path d="M16 3.5v18M7 12.5h18M9.6 6.1l12.8 12.8M22.4 6.1 9.6 18.9" stroke="#fff" strokeWidth="1.6" strokeLinecap="round" />
      <path d="M4 25c2.4-2.6 5-2.6 8 0s5.6 2.6 8 0 5-2.6 8 0" fill="none" stroke="#a5d8ff" strokeWidth="2.4" strokeLinecap="round" />
    </svg>
  );
}
