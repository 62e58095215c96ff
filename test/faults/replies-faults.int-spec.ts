import { faultCatalogue } from './fault-catalogue.js';
import { describeFaults } from './matrix.js';

describeFaults('replies', faultCatalogue.replies);
